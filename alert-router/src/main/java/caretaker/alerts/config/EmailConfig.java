package caretaker.alerts.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mail to somebody. {@code to}, {@code from}, headers and bodies are templates.
 *
 * @param authPassword for PLAIN and LOGIN
 * @param authSecret for CRAM-MD5
 * @param headers by canonical name; what is not given has Alertmanager's default
 * @param forceImplicitTls TLS from the first byte; null means on port 465 only
 * @param thread whether mails of one group are put into one thread
 * @param threadByDate {@code none} or {@code daily}
 */
public record EmailConfig(
        boolean sendResolved,
        String to,
        String from,
        String hello,
        String smarthost,
        String authUsername,
        SecretSource authPassword,
        SecretSource authSecret,
        String authIdentity,
        Map<String, String> headers,
        String html,
        String text,
        boolean requireTls,
        TlsConfig tls,
        @Nullable Boolean forceImplicitTls,
        boolean thread,
        String threadByDate) {
    /** What a mail's subject is where no header says. */
    public static final String DEFAULT_SUBJECT = "{{ template \"email.default.subject\" . }}";

    static EmailConfig of(Values values) {
        Values threading = values.section("threading");
        return new EmailConfig(
                values.flag("send_resolved"),
                values.text("to"),
                values.text("from"),
                values.text("hello"),
                values.text("smarthost"),
                values.text("auth_username"),
                SecretSource.of(values, "auth_password", "auth_password_file"),
                SecretSource.of(values, "auth_secret", "auth_secret_file"),
                values.text("auth_identity"),
                Map.copyOf(values.textMap("headers")),
                values.text("html"),
                values.text("text"),
                values.flag("require_tls"),
                TlsConfig.of(values.section("tls_config")),
                values.flagOrNull("force_implicit_tls"),
                threading != null && threading.flag("enabled"),
                threading == null ? "" : threading.text("thread_by_date"));
    }

    /** The host to connect to, without brackets around an IPv6 address. */
    public String host() {
        String host = smarthost.substring(0, smarthost.lastIndexOf(':'));
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    public int port() {
        return Scalars.port(smarthost.substring(smarthost.lastIndexOf(':') + 1));
    }
}
