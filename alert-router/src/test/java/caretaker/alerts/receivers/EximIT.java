package caretaker.alerts.receivers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.FreePort;
import caretaker.testkit.Programs;
import caretaker.testkit.RunningProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** W6: mails to a mail server that people run, Debian's Exim, over TLS and with a login. It keeps them in its queue. */
class EximIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** How Exim checks each way to log in. */
    private static final Map<String, String> WAYS = Map.of("PLAIN", """
            driver = plaintext
            server_prompts = :
            server_condition = ${if and{{eq{$auth2}{me}}{eq{$auth3}{hunter2}}}}
            server_set_id = $auth2
            """, "LOGIN", """
            driver = plaintext
            server_prompts = Username:: : Password::
            server_condition = ${if and{{eq{$auth1}{me}}{eq{$auth2}{hunter2}}}}
            server_set_id = $auth1
            """, "CRAM-MD5", """
            driver = cram_md5
            server_secret = ${if eq{$auth1}{me}{s3cret}fail}
            server_set_id = $auth1
            """);

    private Path folder = Path.of("");

    /** Exim gives up its rights and must still get in. */
    @BeforeEach
    void aFolderThatEximMayWriteTo() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "Exim is started as root");
        folder = Files.createTempDirectory("caretaker-exim-");
        Process openssl = new ProcessBuilder(
                        Programs.assume("openssl").toString(),
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-keyout",
                        "mail.key",
                        "-out",
                        "mail.pem",
                        "-subj",
                        "/CN=mail.example.com",
                        "-addext",
                        "subjectAltName=DNS:mail.example.com")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("openssl.log").toFile())
                .start();
        assertThat(openssl.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        Files.setPosixFilePermissions(folder.resolve("mail.key"), PosixFilePermissions.fromString("rw-r--r--"));
        Files.createDirectory(folder.resolve("spool"));
        for (String open : List.of("", "spool")) {
            Files.setPosixFilePermissions(folder.resolve(open), PosixFilePermissions.fromString("rwxrwxrwx"));
        }
    }

    @AfterEach
    void removeIt() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private RunningProgram exim(int port, String way, boolean implicitTls) throws IOException {
        String config = """
                primary_hostname = mail.example.com
                spool_directory = %1$s/spool
                log_file_path = %1$s/spool/%%slog
                pid_file_path = %1$s/spool/exim.pid
                tls_advertise_hosts = *
                tls_certificate = %1$s/mail.pem
                tls_privatekey = %1$s/mail.key
                tls_on_connect_ports = %2$s
                auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
                acl_smtp_rcpt = rcpt
                acl_smtp_data = accept
                queue_only = true
                keep_environment =
                begin acl
                rcpt:
                  deny !authenticated = *
                  accept
                begin authenticators
                way:
                  public_name = %3$s
                %4$s
                """.formatted(
                        folder,
                        implicitTls ? String.valueOf(port) : "0",
                        way,
                        WAYS.getOrDefault(way, "").indent(2));
        Path file = Files.writeString(folder.resolve("exim.conf"), config);
        return RunningProgram.start(Programs.assume("exim4"), "-C", file.toString(), "-bdf", "-oX", "127.0.0.1." + port)
                .awaitPort(port, LIMIT);
    }

    private Outcome send(int port, String more) throws Exception {
        return Fake.send("""
                email_configs:
                - to: ops@example.com
                  from: caretaker@example.com
                  smarthost: 127.0.0.1:%d
                  tls_config: {ca_file: '%s', server_name: mail.example.com}
                  auth_username: me
                """.formatted(port, folder.resolve("mail.pem")) + more.indent(2), Fake.firing());
    }

    /** Exim has a process for each connection, which outlives Exim and writes until it ends. */
    private static void awaitGoodbye(RunningProgram exim) {
        await().atMost(LIMIT).until(() -> exim.process().descendants().findAny().isEmpty());
    }

    /** What is in the queue, headers and bodies. */
    private String queue() throws IOException {
        var text = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder.resolve("spool"))) {
            for (Path file :
                    files.filter(one -> one.toString().matches(".*-[HD]")).toList()) {
                text.append(Files.readString(file, ISO_8859_1));
            }
        }
        return text.toString();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("spool/mainlog"), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PLAIN, false, auth_password: hunter2",
        "LOGIN, false, auth_password: hunter2",
        "CRAM-MD5, false, auth_secret: s3cret",
        "PLAIN, true, auth_password: hunter2"
    })
    void aMailIsTakenOverTlsAfterALogin(String way, boolean implicitTls, String secret) throws Exception {
        int port = FreePort.find();
        try (var exim = exim(port, way, implicitTls)) {
            Outcome outcome = send(port, secret + (implicitTls ? "\nforce_implicit_tls: true" : ""));
            assertThat(outcome).as(() -> outcome + "; " + log()).isInstanceOf(Outcome.Delivered.class);
            awaitGoodbye(exim);
        }
        assertThat(log()).contains("<= caretaker@example.com").contains("X=TLS").contains("A=way:me");
        assertThat(queue())
                .contains("ops@example.com")
                .contains("Subject: [FIRING:1] GpuHot (n1)")
                .contains("text/html");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5"})
    void aWrongPasswordIsRefusedAndNothingIsTaken(String way) throws Exception {
        int port = FreePort.find();
        try (var exim = exim(port, way, false)) {
            assertThat(send(port, "auth_password: wr0ng\nauth_secret: wr0ng")).isInstanceOf(Outcome.Retry.class);
            awaitGoodbye(exim);
        }
        assertThat(queue()).isEmpty();
    }
}
