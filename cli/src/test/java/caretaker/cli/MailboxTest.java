package caretaker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailboxTest {
    @TempDir
    private Path dir;

    @Test
    void aMailBecomesAFileAndALine() throws Exception {
        // Given
        var lines = new StringWriter();
        Path folder = dir.resolve("mailbox");
        try (var mailbox = Mailbox.start(folder, new PrintWriter(lines), InstantSource.system())) {
            // When
            send(mailbox.port(), "[FIRING:1] GpuLost – zu heiß");
            send(mailbox.port(), "[RESOLVED] GpuLost");
        }

        // Then
        assertThat(lines.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .contains("mail to ops@demo.example: [FIRING:1] GpuLost – zu heiß  (000001.eml)"),
                        line -> assertThat(line).contains("[RESOLVED] GpuLost"));
        assertThat(Files.readString(folder.resolve("000002.eml"), UTF_8)).contains("\r\n\r\nthe text");

        // And: the next run goes on counting
        try (var mailbox = Mailbox.start(folder, new PrintWriter(lines), InstantSource.system())) {
            send(mailbox.port(), "third");
        }
        assertThat(folder.resolve("000003.eml")).exists();
    }

    private static void send(int port, String subject) throws Exception {
        var properties = new Properties();
        properties.put("mail.smtp.host", "127.0.0.1");
        properties.put("mail.smtp.port", Integer.toString(port));
        var message = new MimeMessage(Session.getInstance(properties));
        message.setFrom(new InternetAddress("caretaker@demo.example"));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress("ops@demo.example"));
        message.setSubject(subject, "UTF-8");
        message.setText("the text", "UTF-8");
        Transport.send(message);
    }

    @Test
    void aFoldedSubjectIsOneLineAndAMissingOneIsSaid() {
        assertThat(Mailbox.subject("To: a\r\nSubject: one\r\n two\r\n\r\nSubject: no".getBytes(UTF_8)))
                .isEqualTo("one two");
        assertThat(Mailbox.subject("To: a\r\n\r\nSubject: no".getBytes(UTF_8))).isEqualTo("(no subject)");
    }
}
