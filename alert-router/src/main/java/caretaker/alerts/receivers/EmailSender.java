package caretaker.alerts.receivers;

import caretaker.alerts.config.EmailConfig;
import caretaker.alerts.config.TlsConfig;
import caretaker.alerts.routing.Retry.Failure;
import caretaker.alerts.template.Templates;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.io.IOException;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends mails, each over its own connection. All but our own mistakes is tried again, as in Alertmanager. */
final class EmailSender implements Sender {
    private static final int CONNECT_MILLIS = 10_000;
    private static final int READ_MILLIS = 30_000;
    private static final int IMPLICIT_TLS = 465;

    private static final Logger LOGGER = LoggerFactory.getLogger(EmailSender.class);

    private final AtomicBoolean saidNoLogin = new AtomicBoolean();
    private final EmailConfig config;
    private final Templates templates;

    EmailSender(EmailConfig config, Templates templates) {
        this.config = config;
        this.templates = templates;
    }

    @Override
    public Outcome send(Notification notification) {
        var rendering = new Rendering(templates, notification.data());
        Session session;
        try {
            session = Session.getInstance(settings());
        } catch (IOException e) {
            return Outcome.ours(String.valueOf(e.getMessage()));
        }
        try {
            var mail = MailMessage.of(config, notification, rendering, session);
            if (Targets.isRefused(config.host())) {
                return Outcome.ours("the smarthost is a link-local or metadata address");
            }
            deliver(session, mail);
            return Outcome.delivered(rendering);
        } catch (MailMessage.BadAddress e) {
            return Outcome.ours(String.valueOf(e.getMessage()));
        } catch (MessagingException | IOException e) {
            return Outcome.failed(new Failure.Unreachable(describe(e)));
        }
    }

    private void deliver(Session session, MailMessage mail) throws MessagingException, IOException {
        try (var server = (SMTPTransport) session.getTransport("smtp")) {
            server.connect(config.host(), config.port(), null, null);
            if (new SmtpLogin(server, config).run() && !saidNoLogin.getAndSet(true)) {
                LOGGER.atWarn()
                        .addKeyValue("smarthost", config.smarthost())
                        .log("the mail server offers no login; auth_username is not used");
            }
            server.sendMessage(mail, mail.recipients());
        }
    }

    private Properties settings() throws IOException {
        TlsConfig tls = config.tls();
        Boolean forced = config.forceImplicitTls();
        boolean implicit = forced == null ? config.port() == IMPLICIT_TLS : forced;
        boolean ownCheck = tls.insecureSkipVerify() || !tls.serverName().isEmpty();
        var settings = new Properties();
        settings.put("mail.smtp.localhost", config.hello().isEmpty() ? "localhost" : config.hello());
        settings.put("mail.smtp.auth", "false"); // done by SmtpLogin, in the server's order
        settings.put("mail.smtp.ssl.enable", String.valueOf(implicit));
        settings.put("mail.smtp.starttls.enable", String.valueOf(config.requireTls() && !implicit));
        settings.put("mail.smtp.starttls.required", String.valueOf(config.requireTls() && !implicit));
        settings.put("mail.smtp.ssl.socketFactory", Tls.context(tls).getSocketFactory());
        settings.put("mail.smtp.ssl.protocols", String.join(" ", Tls.protocols(tls)));
        settings.put("mail.smtp.ssl.checkserveridentity", String.valueOf(!ownCheck));
        settings.put("mail.smtp.connectiontimeout", String.valueOf(CONNECT_MILLIS));
        settings.put("mail.smtp.timeout", String.valueOf(READ_MILLIS));
        settings.put("mail.smtp.quitwait", "false");
        return settings;
    }

    private static String describe(Exception failure) {
        var text = new StringBuilder();
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 4; depth++) {
            String message = cause.getMessage();
            if (message != null && text.indexOf(message) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(Texts.oneLine(message));
            }
            cause = cause.getCause();
        }
        return text.isEmpty() ? failure.getClass().getSimpleName() : Texts.cut(text.toString(), 300);
    }
}
