package caretaker.agent.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelLogTest implements KernelLogListener {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final List<Duration> ages = new CopyOnWriteArrayList<>();
    private final List<String> states = new CopyOnWriteArrayList<>();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong garbage = new AtomicLong();

    @TempDir
    private Path dir;

    private LongSupplier clock = KernelLogTest::nanos;

    private @Nullable KernelLog log;

    @AfterEach
    void close() {
        if (log != null) {
            log.close();
        }
    }

    private void start(Path path, boolean records) {
        log = new KernelLog(
                new KernelLog.Settings(path, records, dir.resolve("position"), Duration.ofHours(1)), this, clock);
        log.start();
        await().atMost(LIMIT).until(() -> !states.isEmpty());
    }

    private void restart(Path path) {
        close();
        texts.clear();
        ages.clear();
        states.clear();
        start(path, true);
    }

    /** As on a machine that has been up for ten days, at least. */
    private static long nanos() {
        return System.nanoTime() + Duration.ofDays(10).toNanos();
    }

    private static void write(Path path, String text) throws IOException {
        Files.write(path, text.getBytes(UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static String entry(long sequence, Duration age, String text) {
        return "3," + sequence + "," + (nanos() - age.toNanos()) / 1000 + ",-;" + text + "\n";
    }

    private void awaitTexts(String... expected) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(texts).containsExactly(expected));
    }

    /** P7: what was handled before the restart is not handled again, and what came meanwhile is. */
    @Test
    void withoutAnEarlierRunOnlyWhatComesFromNowOnIsRead() throws IOException {
        Path file = dir.resolve("kmsg");
        write(file, entry(1, Duration.ofMinutes(1), "before"));
        start(file, true);
        assertThat(states).containsExactly("available");
        write(file, entry(2, Duration.ZERO, "now"));
        awaitTexts("now");
        write(file, entry(3, Duration.ofMinutes(1), "with a clock that is late"));
        awaitTexts("now", "with a clock that is late");
        restart(file);
        write(file, entry(4, Duration.ZERO, "after"));
        awaitTexts("after");
    }

    @Test
    void whatCameWhileTheAgentWasDownIsReadUnlessItIsTooOld() throws IOException {
        Path file = dir.resolve("kmsg");
        write(file, entry(1, Duration.ZERO, "first"));
        start(file, true);
        write(file, entry(2, Duration.ZERO, "second"));
        awaitTexts("second");
        close();
        write(file, entry(3, Duration.ofHours(2), "too old"));
        write(file, entry(4, Duration.ofMinutes(30), "meanwhile"));
        restart(file);
        awaitTexts("meanwhile");
        assertThat(ages.getFirst()).isBetween(Duration.ofMinutes(30), Duration.ofMinutes(31));
    }

    /** An agent that is killed must not tell the same XID again: nothing may follow in the log for hours. */
    @Test
    void whatAGpuDriverSaidIsKeptAsHandledAtOnce() throws IOException {
        Path file = dir.resolve("kmsg");
        write(file, "");
        long now = nanos();
        clock = () -> now; // the time after which it is kept whatever was said never comes
        start(file, true);
        write(file, entry(1, Duration.ZERO, "usb 1-1: new device"));
        write(file, entry(2, Duration.ZERO, "NVRM: Xid (PCI:0000:9b:00): 79, GPU has fallen off the bus."));
        await().atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(dir.resolve("position")).exists().content().endsWith(" 2\n"));
    }

    @Test
    void aFileOfAnotherBootIsAllNews() throws IOException {
        Path file = dir.resolve("kmsg");
        write(dir.resolve("position"), "another-boot 100\n");
        write(file, entry(5, Duration.ofMinutes(5), "during the boot"));
        start(file, true);
        awaitTexts("during the boot");
    }

    @Test
    void aPositionThatCannotBeReadIsNone() throws IOException {
        Path file = dir.resolve("kmsg");
        write(dir.resolve("position"), "\0nonsense\uD83D\uDE00");
        write(file, entry(5, Duration.ofMinutes(5), "before"));
        start(file, true);
        write(file, entry(6, Duration.ZERO, "now"));
        awaitTexts("now");
    }

    @Test
    void gapsAndGarbageAreCounted() throws IOException {
        Path file = dir.resolve("kmsg");
        write(file, entry(1, Duration.ZERO, "first"));
        start(file, true);
        write(file, "garbage\n\0\1\2\n" + entry(8, Duration.ZERO, "now"));
        awaitTexts("now");
        assertThat(lost).hasValue(6);
        await().atMost(LIMIT).until(() -> garbage.get() == 2);
    }

    @Test
    void aFileOfLinesIsFollowedFromItsEndAndIntoTheNextFile() throws IOException {
        Path file = dir.resolve("kern.log");
        write(file, "Nov 23 15:00:00 gpu-01 kernel: NVRM: before\n");
        start(file, false);
        write(file, "Nov 23 15:00:00 gpu-01 kernel: NVRM: one\n");
        awaitTexts("NVRM: one");
        Files.move(file, dir.resolve("kern.log.1"));
        write(file, "Nov 23 15:00:00 gpu-01 kernel: NVRM: two\n");
        awaitTexts("NVRM: one", "NVRM: two");
        Files.write(file, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        write(file, "Nov 23 15:00:00 gpu-01 kernel: NVRM: 3\n"); // shorter: the reader may have seen nothing in between
        awaitTexts("NVRM: one", "NVRM: two", "NVRM: 3");
    }

    @Test
    void aLogThatIsNotThereIsSaidWithWhatIsMissing() {
        start(dir.resolve("none"), true);
        assertThat(states).singleElement().satisfies(state -> assertThat(state).contains("is not there", "--device"));
    }

    /** The kernel's own device, where there is one: a program's line is not the kernel's. */
    @Test
    void theDeviceIsReadAndEndsWhenItIsClosed() throws IOException {
        Path device = Path.of("/dev/kmsg");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device));
        start(device, true);
        assumeTrue(states.getFirst().equals("available"), states.getFirst());
        Files.write(device, "NVRM: Xid (PCI:0000:9b:00): 79, forged by a program\n".getBytes(UTF_8));
        close();
        await().atMost(LIMIT)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("kernel-log")));
        assertThat(texts).noneMatch(text -> text.contains("forged"));
        assertThat(Files.readString(dir.resolve("position"))).matches("[0-9a-f-]{36} \\d+\n");
    }

    @Override
    public void message(String text, Duration age) {
        texts.add(text);
        ages.add(age);
    }

    @Override
    public void available() {
        states.add("available");
    }

    @Override
    public void unavailable(String reason) {
        states.add(reason);
    }

    @Override
    public void lost(long messages) {
        lost.addAndGet(messages);
    }

    @Override
    public void garbage(long lines) {
        garbage.addAndGet(lines);
    }
}
