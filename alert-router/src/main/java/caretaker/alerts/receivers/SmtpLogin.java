package caretaker.alerts.receivers;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.config.EmailConfig;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/** Logs in to a mail server: the first of the server's ways for which there is a secret. */
final class SmtpLogin {
    private static final int GO_ON = 334;
    private static final int DONE = 235;

    private final SMTPTransport server;
    private final EmailConfig config;

    SmtpLogin(SMTPTransport server, EmailConfig config) {
        this.server = server;
        this.config = config;
    }

    /**
     * Logs in, if there is a user name. A server that offers no login at all is not told it: as with Alertmanager, the
     * mail is sent without, and the server decides.
     *
     * @return whether there was a user name to nobody's use
     * @throws MessagingException if the server refuses or offers nothing that we can do; holds no secret
     * @throws IOException if the secret's file can't be read
     */
    boolean run() throws MessagingException, IOException {
        String user = config.authUsername();
        if (user.isEmpty()) {
            return false;
        }
        if (!server.supportsExtension("AUTH")) {
            return true;
        }
        String offered = Objects.requireNonNullElse(server.getExtensionParameter("AUTH"), "");
        List<String> ways =
                Arrays.asList(offered.strip().toUpperCase(Locale.ROOT).split("[ =]+"));
        for (String way : ways) {
            if (way.equals("CRAM-MD5") && config.authSecret().isGiven()) {
                cramMd5(user, config.authSecret().reveal());
                return false;
            }
            if (way.equals("PLAIN") && config.authPassword().isGiven()) {
                plain(user, config.authPassword().reveal());
                return false;
            }
            if (way.equals("LOGIN") && config.authPassword().isGiven()) {
                login(user, config.authPassword().reveal());
                return false;
            }
        }
        throw new MessagingException("the mail server offers no way to log in for which there is a secret; it offers: "
                + Texts.cut(Texts.oneLine(String.join(", ", ways)), 100));
    }

    private void plain(String user, String password) throws MessagingException, IOException {
        if (!server.isSSL() && !isLocal()) {
            throw new MessagingException("the password is not sent without TLS; set require_tls");
        }
        String all = config.authIdentity() + "\0" + user + "\0" + password;
        expect(DONE, "AUTH PLAIN " + base64(all));
    }

    private void login(String user, String password) throws MessagingException {
        expect(GO_ON, "AUTH LOGIN");
        expect(GO_ON, base64(user));
        expect(DONE, base64(password));
    }

    private void cramMd5(String user, String secret) throws MessagingException {
        expect(GO_ON, "AUTH CRAM-MD5");
        try {
            String line = server.getLastServerResponse().strip();
            byte[] challenge = Base64.getDecoder().decode(line.substring(Math.min(4, line.length())));
            var mac = Mac.getInstance("HmacMD5");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacMD5"));
            String digest = HexFormat.of().formatHex(mac.doFinal(challenge));
            expect(DONE, base64(user + " " + digest));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new MessagingException("the mail server's challenge cannot be read");
        }
    }

    private void expect(int code, String command) throws MessagingException {
        int said = server.simpleCommand(command);
        if (said != code) {
            throw new MessagingException("the mail server refused the login with " + said);
        }
    }

    private boolean isLocal() throws IOException {
        return InetAddress.getByName(config.host()).isLoopbackAddress();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
