package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.recovery.report.Redaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The last lines of a container's log, of both of its streams, without secrets. */
final class LogTail {
    private static final int LINES = 200;
    private static final int FEW_LINES = 10;
    private static final int MAX_READ = 16 << 20;

    /** Bytes that are kept, the newest. */
    private static final int MAX_KEPT = 512 << 10;

    private static final int MAX_LINE = 8 << 10;
    private static final int HEADER = 8;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** The engine notes the start a little after the first line may have been written. */
    private static final Duration BEFORE_ITS_START = Duration.ofSeconds(1);

    private static final Pattern STAMPED = Pattern.compile(
            "([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}(?:Z|[+-][0-9]{2}:[0-9]{2})) ?(.*)", Pattern.DOTALL);

    /** @param ofThisRun without what earlier runs of the container have said */
    record Lines(List<String> all, List<String> ofThisRun) {
        static final Lines NONE = new Lines(List.of(), List.of());
    }

    /** @param isWhole whether nothing was left behind the bound */
    record Read(String newest, boolean isWhole) {}

    private final Daemon daemon;
    private final EngineMetrics metrics;

    LogTail(Daemon daemon, EngineMetrics metrics) {
        this.daemon = daemon;
        this.metrics = metrics;
    }

    /** Oldest first; one line that says why if the log cannot be read. */
    Lines of(Inspection container) {
        boolean isPlain = container.raw().path("Config").path("Tty").asBoolean(false);
        try {
            Read read = read(container.id(), LINES, isPlain);
            if (!read.isWhole()) {
                metrics.logsCut.increment();
                read = read(container.id(), FEW_LINES, isPlain); // long lines: the newest are behind the bound
            }
            return lines(read.newest(), container.startedAt());
        } catch (Refusal | Unavailable e) {
            List<String> why = List.of("(the log cannot be read: " + e.getMessage() + ")");
            return new Lines(why, why);
        }
    }

    private Read read(String id, int lines, boolean isPlain) throws Refusal, Unavailable {
        String path = "/containers/" + id + "/logs?stdout=1&stderr=1&timestamps=1&tail=" + lines;
        return daemon.stream(path, null, LIMIT, body -> isPlain ? plain(body) : framed(body));
    }

    private static Read plain(InputStream body) throws IOException {
        var kept = new Kept();
        var buffer = new byte[64 << 10];
        for (int count; (count = body.read(buffer)) >= 0; ) {
            if (!kept.add(buffer, count)) {
                return new Read(kept.newest(), false);
            }
        }
        return new Read(kept.newest(), true);
    }

    /** Each piece has a header: the stream, three zeros, the length. A cut one ends the log. */
    static Read framed(InputStream body) throws IOException {
        var kept = new Kept();
        var buffer = new byte[64 << 10];
        while (true) {
            byte[] header = body.readNBytes(HEADER);
            if (header.length < HEADER) {
                return new Read(kept.newest(), true);
            }
            long left = Integer.toUnsignedLong(
                    (header[4] & 0xff) << 24 | (header[5] & 0xff) << 16 | (header[6] & 0xff) << 8 | (header[7] & 0xff));
            while (left > 0) {
                int count = body.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    return new Read(kept.newest(), true);
                }
                left -= count;
                if (!kept.add(buffer, count)) {
                    return new Read(kept.newest(), false);
                }
            }
        }
    }

    /** The newest bytes of what was read. */
    private static final class Kept {
        private byte[] older = {};
        private ByteArrayOutputStream newer = new ByteArrayOutputStream();
        private long read;

        /** Whether more may be read. */
        boolean add(byte[] bytes, int count) {
            newer.write(bytes, 0, count);
            if (newer.size() > MAX_KEPT) {
                older = newer.toByteArray();
                newer = new ByteArrayOutputStream();
            }
            read += count;
            return read < MAX_READ;
        }

        String newest() {
            byte[] all = new byte[older.length + newer.size()];
            System.arraycopy(older, 0, all, 0, older.length);
            System.arraycopy(newer.toByteArray(), 0, all, older.length, newer.size());
            int from = Math.max(0, all.length - MAX_KEPT);
            return new String(all, from, all.length - from, UTF_8);
        }
    }

    /** Each line begins with its time; one without belongs to the line before it. */
    private static Lines lines(String text, @Nullable Instant startedAt) {
        var all = new StringBuilder();
        var ofThisRun = new StringBuilder();
        Instant first = startedAt == null ? Instant.MAX : startedAt.minus(BEFORE_ITS_START);
        boolean isOld = startedAt == null;
        for (String line : text.lines().toList()) {
            Matcher stamped = STAMPED.matcher(line);
            String said = line;
            if (stamped.matches()) {
                isOld = time(stamped.group(1)).isBefore(first);
                said = stamped.group(2);
            }
            all.append(said).append('\n');
            if (!isOld) {
                ofThisRun.append(said).append('\n');
            }
        }
        return new Lines(redacted(all.toString()), redacted(ofThisRun.toString()));
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            return Instant.MAX;
        }
    }

    private static List<String> redacted(String text) {
        List<String> lines = new ArrayList<>();
        Redaction.text(text)
                .lines()
                .map(line -> line.length() > MAX_LINE ? line.substring(0, MAX_LINE) + " (cut)" : line)
                .forEach(lines::add);
        return List.copyOf(lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    }
}
