package caretaker.alerts.receivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.alerts.Mailboxes;
import caretaker.alerts.template.Limits;
import caretaker.alerts.template.Templates;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 1.13, mail; 1.8 for what is tried again. */
class EmailIT {
    @TempDir
    Path folder;

    private static String yaml(int port, String more) {
        return "email_configs:\n- to: 'Ops Team <ops@example.com>, second@example.com'\n  from: caretaker@example.com\n"
                + "  smarthost: 127.0.0.1:" + port + "\n" + more.indent(2);
    }

    private static MimeMessage mail(String more, Notification notification) throws Exception {
        var server = Mailboxes.of(ServerSetup.PROTOCOL_SMTP);
        server.start();
        try {
            Outcome outcome = Fake.send(yaml(server.getSmtp().getPort(), "require_tls: false\n" + more), notification);
            assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
            assertThat(server.getReceivedMessages()).hasSize(2); // one for each who gets it
            return server.getReceivedMessages()[0];
        } finally {
            server.stop();
        }
    }

    private static String part(MimeMessage mail, int index) throws Exception {
        Part part = ((MimeMultipart) mail.getContent()).getBodyPart(index);
        return (String) part.getContent();
    }

    @Test
    void aMailHasAlertmanagersHeadersAndBodies() throws Exception {
        // W5
        MimeMessage mail = mail("text: 'Status {{ .Status }} é'\nheaders: {X-Team: '{{ .Receiver }}'}", Fake.firing());
        assertThat(mail.getSubject()).isEqualTo("[FIRING:1] GpuHot (n1)");
        assertThat(mail.getHeader("From")).containsExactly("caretaker@example.com");
        assertThat(mail.getHeader("To")[0]).contains("ops@example.com").contains("second@example.com");
        assertThat(mail.getHeader("X-Team")).containsExactly("team");
        assertThat(mail.getHeader("Date")).containsExactly("Mon, 23 Nov 2026 10:00:00 +0000");
        assertThat(mail.getHeader("References")).isNull();
        assertThat(mail.getContentType()).startsWith("multipart/alternative");
        assertThat(((MimeMultipart) mail.getContent()).getCount()).isEqualTo(2);
        assertThat(part(mail, 0)).isEqualTo("Status firing é");
        assertThat(part(mail, 1))
                .contains("GPU 3 is &lt;hot&gt; &amp; &#34;bad&#34;")
                .doesNotContain("<hot>");
        Part html = ((MimeMultipart) mail.getContent()).getBodyPart(1);
        assertThat(html.getHeader("Content-Transfer-Encoding")).containsExactly("quoted-printable");
        assertThat(html.getContentType()).isEqualTo("text/html; charset=UTF-8");
    }

    @Test
    void theMessageIdIsOfTheNotificationAndThreadsAreOfTheGroup() throws Exception {
        // W5, W7
        MimeMessage first = mail("threading: {enabled: true, thread_by_date: daily}", Fake.firing());
        MimeMessage again = mail("threading: {enabled: true, thread_by_date: none}", Fake.firing());
        assertThat(first.getMessageID()).isEqualTo(again.getMessageID()).endsWith("@example.com>");
        String thread = "<alert-01f8d5da97fe4786-2026-11-23@alertmanager>";
        assertThat(first.getHeader("References")).containsExactly(thread);
        assertThat(first.getHeader("In-Reply-To")).containsExactly(thread);
        assertThat(again.getHeader("References")).containsExactly("<alert-01f8d5da97fe4786-@alertmanager>");
        Notification before = Fake.firing();
        var other = new Notification(
                before.group(), before.data(), before.reason(), "key-2", before.at(), before.remembered());
        assertThat(mail("", other).getMessageID()).isNotEqualTo(first.getMessageID());
    }

    @Test
    void labelsCannotAddHeadersOrLines() throws Exception {
        String evil = "x\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>";
        MimeMessage mail = mail(
                "headers: {Subject: '{{ .CommonLabels.node }}', X-Node: '{{ .CommonLabels.node }}'}",
                Fake.notification(Fake.alert("firing", evil, "é\r\nX-More: 1")));
        assertThat(mail.getHeader("Bcc")).isNull();
        assertThat(mail.getSubject()).isEqualTo("x Bcc: evil@example.com <script>alert(1)</script>");
        assertThat(mail.getHeader("X-Node")).hasSize(1);
        assertThat(part(mail, 0)).doesNotContain("<script>alert");
        MimeMessage large = mail(
                "headers: {Subject: '{{ .CommonLabels.node }}'}",
                Fake.notification(Fake.alert("firing", "n".repeat(1 << 20), "")));
        assertThat(large.getSubject()).hasSizeLessThanOrEqualTo(900);
    }

    @Test
    void anAddressMadeOfALabelCannotAddReceiversByALineBreak() throws Exception {
        // E5
        String yaml =
                "email_configs:\n- {to: '{{ .CommonLabels.node }}', from: a@example.com, smarthost: '127.0.0.1:1'}\n";
        for (String evil : new String[] {"a@example.com\r\nBcc: b@example.com", "", "not an address"}) {
            assertThat(Fake.send(yaml, Fake.notification(Fake.alert("firing", evil, ""))))
                    .isInstanceOf(Outcome.Refused.class);
        }
    }

    @Test
    void aTemplateThatFailsGivesAPlainMail() throws Exception {
        // E6
        MimeMessage mail = mail("html: '{{ template \"nosuch\" . }}'", Fake.firing());
        assertThat(mail.getSubject()).isEqualTo("[FIRING:1] GpuHot (n1)");
        assertThat(part(mail, 0))
                .startsWith("This is a plain message")
                .contains("nosuch")
                .contains("node=n1");
    }

    @Test
    void startTlsIsNeededUnlessToldOtherwise() throws Exception {
        // W6
        try (var server = new MailServer("", null)) {
            Outcome outcome = Fake.send(yaml(server.port(), ""), Fake.firing());
            assertThat(outcome).isInstanceOf(Outcome.Retry.class);
            assertThat(server.heard()).noneMatch(line -> line.startsWith("MAIL"));
        }
    }

    @Test
    void startTlsWithTheServersNameAndEachWayToLogIn() throws Exception {
        // W6
        var certificate = MailServer.certificate(folder);
        String tls = "tls_config: {ca_file: '" + folder.resolve("mail.pem") + "', server_name: mail.example.com}\n"
                + "auth_username: me\n";
        for (String way : new String[] {"PLAIN", "LOGIN", "CRAM-MD5"}) {
            try (var server = new MailServer("XOAUTH2 " + way + " NTLM", certificate)) {
                String secret = way.equals("CRAM-MD5") ? "auth_secret: s3cret" : "auth_password: hunter2";
                assertThat(Fake.send(yaml(server.port(), tls + secret), Fake.firing()))
                        .as(way)
                        .isInstanceOf(Outcome.Delivered.class);
                assertThat(server.heard().indexOf("(tls)")).isPositive();
                assertThat(server.heard().subList(0, server.heard().indexOf("(tls)")))
                        .noneMatch(line -> line.startsWith("AUTH"));
                assertThat(server.heard()).anyMatch(line -> line.startsWith("AUTH " + way));
            }
        }
    }

    @Test
    void aCertificateForAnotherNameIsNotTrusted() throws Exception {
        var certificate = MailServer.certificate(folder);
        String ca = "tls_config: {ca_file: '" + folder.resolve("mail.pem") + "'%s}";
        for (String more : new String[] {"", ", server_name: other.example.com"}) {
            try (var server = new MailServer("", certificate)) {
                assertThat(Fake.send(yaml(server.port(), ca.formatted(more)), Fake.firing()))
                        .isInstanceOf(Outcome.Retry.class);
                assertThat(server.heard()).noneMatch(line -> line.startsWith("MAIL"));
            }
        }
        try (var server = new MailServer("", certificate)) {
            assertThat(Fake.send(yaml(server.port(), "tls_config: {insecure_skip_verify: true}"), Fake.firing()))
                    .isInstanceOf(Outcome.Delivered.class);
        }
    }

    @Test
    void implicitTlsWorks() throws Exception {
        // W6
        var server = Mailboxes.of(ServerSetup.PROTOCOL_SMTPS);
        server.start();
        try {
            String more = "force_implicit_tls: true\ntls_config: {insecure_skip_verify: true}";
            assertThat(Fake.send(yaml(server.getSmtps().getPort(), more), Fake.firing()))
                    .isInstanceOf(Outcome.Delivered.class);
            assertThat(server.getReceivedMessages()).hasSize(2);
        } finally {
            server.stop();
        }
    }

    @Test
    void aLoginThatFailsIsTriedAgainAndShowsNoSecret() throws Exception {
        // E5
        for (String ways : new String[] {"GSSAPI", "PLAIN", "LOGIN"}) {
            try (var server = new MailServer(ways, null)) {
                Outcome outcome = Fake.send(
                        yaml(server.port(), "require_tls: false\nauth_username: me\nauth_password: wr0ng"),
                        Fake.firing());
                assertThat(outcome).as(ways).isInstanceOf(Outcome.Retry.class);
                assertThat(outcome.toString()).doesNotContain("wr0ng").doesNotContain("d3IwbmcK");
                assertThat(server.heard()).noneMatch(line -> line.startsWith("MAIL"));
            }
        }
    }

    @Test
    void aServerWithoutLoginIsSentTheMailWithoutOne() throws Exception {
        // W6: as Alertmanager, which logs in where it is offered
        try (var server = new MailServer("", null)) {
            Outcome outcome = Fake.send(
                    yaml(server.port(), "require_tls: false\nauth_username: me\nauth_password: hunter2"),
                    Fake.firing());
            assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
            assertThat(server.heard()).noneMatch(line -> line.contains("AUTH") || line.contains("hunter2"));
        }
    }

    @Test
    void headersSayWhomAMailIsFromAndToButNotWhoGetsIt() throws Exception {
        // W5
        String evil = "x@example.com\r\nBcc: evil@example.com";
        try (var server = new MailServer("", null)) {
            String headers =
                    "require_tls: false\nheaders: {From: 'Über <noreply@example.com>', To: 'All {{ .Status }}',"
                            + " Cc: '{{ .CommonLabels.node }}', Reply-To: desk@example.com}";
            assertThat(Fake.send(yaml(server.port(), headers), Fake.notification(Fake.alert("firing", evil, ""))))
                    .isInstanceOf(Outcome.Delivered.class);
            assertThat(server.heard()).contains("MAIL FROM:<caretaker@example.com>");
            assertThat(server.heard())
                    .filteredOn(line -> line.startsWith("RCPT"))
                    .containsExactly("RCPT TO:<ops@example.com>", "RCPT TO:<second@example.com>");
            assertThat(server.headers("From")).containsExactly("=?UTF-8?Q?=C3=9Cber?= <noreply@example.com>");
            assertThat(server.headers("To")).containsExactly("All firing");
            assertThat(server.headers("Reply-To")).containsExactly("desk@example.com");
            assertThat(server.headers("Cc")).hasSize(1);
            assertThat(server.heard().subList(0, server.heard().indexOf(""))).noneMatch(line -> line.startsWith("Bcc"));
        }
    }

    @Test
    void aServerThatIsNotThereIsTriedAgain() throws Exception {
        // E5
        try (var taken = Fake.portOfNobody()) {
            assertThat(Fake.send(yaml(taken.getLocalPort(), ""), Fake.firing())).isInstanceOf(Outcome.Retry.class);
        }
    }

    @Test
    void aServerThatHangsIsLeftAndItsPlaceIsFreeAgain() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var config = Fake.receiver(yaml(silent.getLocalPort(), "")).emails().getFirst();
            var templates = Templates.parse(List.of(), Limits.DEFAULT, InstantSource.system());
            var hits = new Gate.Hits();
            var gate = new Gate(1, Duration.ofMillis(10), hits);
            Sender sender = gate.guard(new EmailSender(config, templates), Duration.ofMillis(500));
            assertThat(sender.send(Fake.firing())).isInstanceOf(Outcome.Retry.class);
            assertThat(hits.late().sum()).isEqualTo(1);
            await().atMost(Duration.ofSeconds(60)).until(() -> gate.inFlight() == 0);
        }
    }
}
