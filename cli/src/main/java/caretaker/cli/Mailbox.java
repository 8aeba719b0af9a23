package caretaker.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.UnsupportedEncodingException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.server.SMTPServer;

/**
 * The demo's mail server: takes any mail on 127.0.0.1, keeps it as a file, and prints its subject. It passes nothing
 * on, and keeps the newest thousand.
 */
final class Mailbox implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Mailbox.class);
    private static final int MOST_MAILS = 1_000;
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_CONNECTIONS = 20;
    private static final int BUSY = 451;
    private static final Pattern SUBJECT = Pattern.compile("(?mi)^Subject: ?(.*(?:\r?\n[ \t].*)*)$");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final Path folder;
    private final PrintWriter out;
    private final InstantSource clock;
    private final AtomicInteger number;
    private final SMTPServer server;

    private Mailbox(Path folder, PrintWriter out, InstantSource clock, int last) {
        this.folder = folder;
        this.out = out;
        this.clock = clock;
        this.number = new AtomicInteger(last);
        this.server = SMTPServer.port(0)
                .bindAddress(InetAddress.getLoopbackAddress())
                .hostName("localhost")
                .softwareName("caretaker demo")
                .maxConnections(MOST_CONNECTIONS)
                .maxMessageSize(MOST_BYTES)
                .insertReceivedHeaders(false)
                .messageHandler((_, _, to, bytes) -> take(to, bytes))
                .build();
    }

    /**
     * Listens when it returns.
     *
     * @param folder made if it is absent
     * @param out a line for each mail
     */
    static Mailbox start(Path folder, PrintWriter out, InstantSource clock) {
        try {
            Files.createDirectories(folder);
            List<Path> there = mails(folder);
            int last = there.isEmpty() ? 0 : number(there.getLast());
            var mailbox = new Mailbox(folder, out, clock, last);
            mailbox.server.start();
            return mailbox;
        } catch (IOException e) {
            throw new CommandFailure(Exit.USAGE, "cannot keep mails in " + folder + ": " + e);
        }
    }

    int port() {
        return server.getPortAllocated();
    }

    private synchronized void take(String to, byte[] bytes) throws RejectException {
        Path file = folder.resolve(String.format(Locale.ROOT, "%06d.eml", number.incrementAndGet()));
        try {
            Files.write(file, bytes);
            List<Path> all = mails(folder);
            for (Path old : all.subList(0, Math.max(0, all.size() - MOST_MAILS))) {
                Files.delete(old);
            }
        } catch (IOException | UncheckedIOException e) {
            LOGGER.atWarn().setCause(e).log("a mail is not taken");
            throw new RejectException(BUSY, "cannot keep it: " + e.getMessage());
        }
        var time = clock.instant().atZone(ZoneId.systemDefault());
        out.printf("%s  mail to %s: %s  (%s)%n", TIME.format(time), to, subject(bytes), file.getFileName());
        out.flush();
    }

    /** Of the first header of that name, decoded, on one line. */
    static String subject(byte[] mail) {
        String text = new String(mail, UTF_8);
        int end = text.indexOf("\r\n\r\n");
        Matcher found = SUBJECT.matcher(end < 0 ? text : text.substring(0, end));
        if (!found.find()) {
            return "(no subject)";
        }
        String unfolded = found.group(1).replaceAll("\r?\n[ \t]", " ");
        try {
            return oneLine(MimeUtility.decodeText(unfolded));
        } catch (UnsupportedEncodingException e) {
            return oneLine(unfolded);
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ").strip();
    }

    private static List<Path> mails(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(
                    files.filter(file -> file.getFileName().toString().matches("\\d{1,9}\\.eml"))
                            .sorted()
                            .toList());
        }
    }

    private static int number(Path mail) {
        return Integer.parseInt(mail.getFileName().toString().replace(".eml", ""));
    }

    /** Alertmanager's file that sends everything here. */
    Path writeConfig(Path file) {
        String yaml = """
                # Written by `caretaker demo`: everything is mailed to the folder %s.
                global:
                  smtp_smarthost: 127.0.0.1:%d
                  smtp_from: caretaker@demo.example
                  smtp_require_tls: false
                route:
                  receiver: mailbox
                  group_by: [alertname, host]
                  group_wait: 1s
                  group_interval: 5s
                receivers:
                  - name: mailbox
                    email_configs:
                      - to: operators@demo.example
                        send_resolved: true
                """.formatted(folder.getFileName(), port());
        try {
            return Files.write(file, yaml.getBytes(US_ASCII));
        } catch (IOException e) {
            throw new CommandFailure(Exit.USAGE, "cannot write " + file + ": " + e);
        }
    }

    @Override
    public void close() {
        server.stop();
    }
}
