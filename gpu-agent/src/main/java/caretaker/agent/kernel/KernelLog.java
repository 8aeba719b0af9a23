package caretaker.agent.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the kernel's log on a thread of its own, from its device or from a file, for as long as it is open.
 *
 * <p>The device is read from the oldest record that the kernel still has: those that an earlier run has handled are
 * left out, and without an earlier run all from before the start. A file of lines is read from its end on, and from
 * the beginning of each file that takes its place.
 */
public final class KernelLog implements AutoCloseable {
    /** How often a file is looked at for more. The device wakes its reader by itself. */
    private static final Duration LOOK = Duration.ofMillis(20);

    /** Looks between two questions whether another file has taken the place. */
    private static final int LOOKS_PER_QUESTION = 25;

    private static final Duration RETRY = Duration.ofSeconds(30);
    private static final Duration KEEP_POSITION = Duration.ofSeconds(5);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(1);

    /** Messages of the GPU drivers within that time after each of which the position is kept at once. */
    private static final int MOST_KEPT_AT_ONCE = 20;

    /** A read of the device that takes longer has waited: all that was there before is read. */
    private static final long WAITED_NANOS = Duration.ofMillis(50).toNanos();

    /** Reads that fail one after the other before the device is opened again. */
    private static final int MOST_FAILURES = 1000;

    /**
     * What to read.
     *
     * @param records whether it is in the form of {@code /dev/kmsg}
     * @param position where it is kept how far the log was handled; null: nowhere
     * @param lookBack messages that were not handled in time are handled if they are younger
     */
    public record Settings(
            Path path, boolean records, @Nullable Path position, Duration lookBack) {}

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final Settings settings;
    private final KernelLogListener listener;
    private final LongSupplier nanos;
    private final Thread thread;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(2 * LineAssembly.MAX_LINE);
    private final KmsgRecords records = new KmsgRecords(this::take);
    private final SyslogLines lines;
    private final LogPosition position;
    private final long startNanos;
    private volatile boolean running = true;

    // Of the thread.
    private boolean caughtUp;
    private long sequence = -1;
    private long positionNanos;
    private long garbage;
    private String trouble = "";
    private boolean available;
    private boolean begun; // a file was read before
    private boolean device; // it gives no message twice, unless it is opened again
    private boolean handled; // a message of a GPU driver: one that is told again after a crash would be an alarm
    private int keptAtOnce;

    /** @param nanos the clock that only goes forward, which counts about from the boot as the kernel's does */
    public KernelLog(Settings settings, KernelLogListener listener, LongSupplier nanos) {
        this.settings = settings;
        this.listener = listener;
        this.nanos = nanos;
        startNanos = nanos.getAsLong();
        positionNanos = startNanos;
        lines = new SyslogLines(text -> listener.message(text, Duration.ZERO));
        position = new LogPosition(settings.position(), bootId());
        thread = Thread.ofPlatform().name("kernel-log").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException notLinux) {
            return "unknown";
        }
    }

    private void run() {
        while (running) {
            try (FileChannel channel = FileChannel.open(settings.path(), StandardOpenOption.READ)) {
                read(channel);
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException e) {
                trouble(reason(e));
            }
            position.write(sequence);
        }
    }

    private void trouble(String reason) {
        available = false;
        if (!reason.equals(trouble)) {
            trouble = reason;
            listener.unavailable(reason);
        }
        LockSupport.parkNanos(this, RETRY.toNanos());
    }

    private String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> settings.path() + " is not there; a container needs --device /dev/kmsg";
            case AccessDeniedException _ ->
                settings.path() + " may not be read; it takes root, or the group of the file";
            default ->
                String.valueOf(e.getMessage()).contains("not permitted")
                        ? settings.path() + " may not be read; it takes the capability CAP_SYSLOG"
                        : settings.path() + " cannot be read: " + e.getMessage();
        };
    }

    private void read(FileChannel channel) throws IOException {
        BasicFileAttributes opened = Files.readAttributes(settings.path(), BasicFileAttributes.class);
        if (!settings.records() && !begun && opened.isRegularFile()) {
            channel.position(channel.size());
        }
        begun = true;
        device = opened.isOther();
        records.restart();
        lines.restart();
        int looks = 0;
        int failures = 0;
        while (running) {
            long before = nanos.getAsLong();
            int count;
            try {
                count = channel.read(buffer.clear());
                failures = 0;
            } catch (ClosedChannelException closed) {
                throw closed;
            } catch (IOException e) {
                if (!opened.isOther() || ++failures > MOST_FAILURES) {
                    throw e;
                }
                continue; // the kernel has overwritten what was next: the sequence numbers tell how much
            }
            available();
            if (count > 0) {
                caughtUp |= opened.isOther() && nanos.getAsLong() - before > WAITED_NANOS;
                feed();
            } else {
                caughtUp = true;
                boolean asks = ++looks % LOOKS_PER_QUESTION == 0;
                if (asks && isReplaced(channel, opened)) {
                    return;
                }
                LockSupport.parkNanos(this, LOOK.toNanos());
            }
            keepPosition();
        }
    }

    private void available() {
        if (!available) {
            available = true;
            trouble = "";
            listener.available();
        }
    }

    private void feed() {
        buffer.flip();
        if (settings.records()) {
            records.feed(buffer);
        } else {
            lines.feed(buffer);
        }
        long now = records.garbage() + lines.tooLong();
        if (now > garbage) {
            listener.garbage(now - garbage);
            garbage = now;
        }
    }

    private boolean isReplaced(FileChannel channel, BasicFileAttributes opened) throws IOException {
        BasicFileAttributes now = Files.readAttributes(settings.path(), BasicFileAttributes.class);
        return !Objects.equals(now.fileKey(), opened.fileKey()) || now.size() < channel.position();
    }

    private void keepPosition() {
        long now = nanos.getAsLong();
        if (now - positionNanos >= KEEP_POSITION.toNanos()) {
            positionNanos = now;
            keptAtOnce = 0;
            position.write(sequence);
        } else if (handled && keptAtOnce < MOST_KEPT_AT_ONCE) {
            keptAtOnce++; // the next read of the device may wait for hours
            position.write(sequence);
        }
        handled = false;
    }

    private void take(KmsgRecords.Entry entry) {
        if (sequence >= 0 && entry.sequence() > sequence + 1) {
            listener.lost(entry.sequence() - sequence - 1);
        }
        boolean isAgain = device && entry.sequence() <= sequence;
        sequence = Math.max(sequence, entry.sequence());
        if (isAgain || !entry.fromKernel() || position.isHandled(entry.sequence())) {
            return;
        }
        handled |= entry.text().startsWith("NVRM: ") || entry.text().startsWith("nvidia-");
        if (caughtUp) {
            listener.message(entry.text(), Duration.ZERO);
            return;
        }
        long ageAtStart = startNanos - entry.micros() * 1000;
        if (ageAtStart <= (position.isKnown() ? settings.lookBack().toNanos() : 0)) {
            Duration age = Duration.ofNanos(Math.max(0, nanos.getAsLong() - entry.micros() * 1000));
            listener.message(entry.text(), age);
        }
    }

    /** Stops reading. A read of the device is interrupted. */
    @Override
    public void close() {
        running = false;
        thread.interrupt();
        try {
            if (thread.join(DRAIN_LIMIT)) {
                position.write(sequence);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
