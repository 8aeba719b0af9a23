package caretaker.agent.xid;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.ContainerInfo;
import caretaker.agent.containers.ContainerLookup.Membership;
import caretaker.agent.health.Finding;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import caretaker.testkit.Cases;
import caretaker.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

/** P3, P4, P6: each XID is told once, by whichever source is first, and counted exactly. */
class XidWatchTest {
    private static final String UUID = "GPU-3";
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MILLI = Duration.ofMillis(1);

    private record Task(long due, Runnable what) {}

    private final ManualClock wall = new ManualClock();
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::due));
    private final List<Finding> told = new ArrayList<>();
    private final List<Finding> lost = new ArrayList<>();
    private final Map<Integer, Integer> counts = new HashMap<>();
    private final List<Integer> folded = new ArrayList<>();
    private final KernelMessages messages = new KernelMessages();
    private long nanos = 1;
    private XidWatch watch = watch(Map.of());

    private XidWatch watch(Map<Integer, XidPolicy.Decision> overrides) {
        var made = new XidWatch(
                XidSettings.DEFAULT,
                new XidWatch.Surroundings(
                        Finding.host("node-1"),
                        new XidPolicy(XidTable.load(), overrides),
                        pid -> pid < 1000
                                ? new Membership.OnHost()
                                : new Membership.Inside(
                                        new ContainerInfo("id-" + pid / 10, "train-" + pid / 10, "image", "p", "s")),
                        new XidWatch.Outlet() {
                            @Override
                            public void occurred(Finding finding) {
                                told.add(finding);
                            }

                            @Override
                            public void lost(Finding finding) {
                                lost.add(finding);
                            }
                        },
                        new XidListener() {
                            @Override
                            public void counted(String uuid, int index, int code, long unixMillis) {
                                counts.merge(code, 1, Integer::sum);
                            }

                            @Override
                            public void folded(String uuid, int code) {
                                folded.add(code);
                            }
                        }),
                wall,
                () -> nanos,
                (delay, task) -> tasks.add(new Task(nanos + delay.toNanos(), task)));
        made.gpus(List.of(
                new XidWatch.Gpu(UUID, 3, "00000000:9B:00.0"), new XidWatch.Gpu("GPU-4", 4, "00000000:9C:00.0")));
        made.linesExpected(true);
        return made;
    }

    private void advance(Duration step) {
        long end = nanos + step.toNanos();
        while (!tasks.isEmpty() && tasks.element().due() <= end) {
            Task next = tasks.remove();
            nanos = Math.max(nanos, next.due());
            next.what().run();
        }
        nanos = end;
        wall.advance(step);
    }

    private void line(String rest) {
        messages.parse("NVRM: Xid (PCI:0000:9b:00): " + rest).forEach(each -> watch.kernel(each, Duration.ZERO));
    }

    @Test
    void unknownGpusAreToldApartByWhereTheySit() {
        for (String pci : List.of("01", "02", "01")) {
            messages.parse("NVRM: Xid (PCI:0000:" + pci + ":00): 79, x").forEach(each -> watch.kernel(each, MILLI));
        }
        assertThat(told).hasSize(2);
    }

    @Test
    void anEventAndItsLineAreOneXid() {
        watch.driver(UUID, 3, 94);
        assertThat(told).isEmpty();
        advance(MILLI);
        line("94, pid=1234, name=python3, Contained: SM (0x1). RST: No, D-RST: No");
        advance(SECOND);
        assertThat(told).singleElement().satisfies(finding -> {
            assertThat(finding.condition()).isEqualTo(Condition.GPU_XID);
            assertThat(finding.code()).isEqualTo("94");
            assertThat(finding.entity()).isEqualTo(Finding.gpu(UUID, 3));
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.action()).isEqualTo(Action.RESTART_CONTAINER);
            assertThat(finding.message()).contains("XID 94 on GPU 3", "process python3 in container train-123");
            assertThat(finding.evidence())
                    .containsEntry("source", "nvml, kernel-log")
                    .containsEntry("pid", "1234")
                    .containsEntry("process", "python3")
                    .containsEntry("container", "train-123")
                    .containsEntry("containerId", "id-123")
                    .containsEntry("composeService", "s")
                    .hasEntrySatisfying("line", raw -> assertThat(raw).startsWith("NVRM: Xid (PCI:0000:9b:00): 94"));
        });
        assertThat(counts).containsExactly(Map.entry(94, 1));
    }

    @Test
    void aLineWaitsForNothing() {
        line("94, pid=1234, name=python3, Contained");
        assertThat(told).hasSize(1);
        watch.driver(UUID, 3, 94);
        advance(SECOND);
        assertThat(told).hasSize(1);
        assertThat(counts).containsExactly(Map.entry(94, 1));
    }

    @Test
    void anEventWithoutALineIsToldAfterTwentyMilliseconds() {
        watch.driver(UUID, 3, 62);
        advance(XidSettings.HOLD.minusNanos(1));
        assertThat(told).isEmpty();
        advance(Duration.ofNanos(1));
        assertThat(told).singleElement().satisfies(finding -> {
            assertThat(finding.evidence()).containsEntry("source", "nvml").doesNotContainKey("line");
            assertThat(finding.action()).isEqualTo(Action.RESET_GPU);
        });
        line("62, pid=7, name=x, late");
        advance(SECOND);
        assertThat(told).hasSize(1);
        assertThat(counts).containsExactly(Map.entry(62, 1));
    }

    @Test
    void withoutAKernelLogAnEventWaitsForNothing() {
        watch.linesExpected(false);
        watch.driver(UUID, 3, 62);
        assertThat(told).hasSize(1);
    }

    @Test
    void twoSecondsLaterItIsStillTheSameXidAndAMomentAfterItIsAnother() {
        line("31, pid=500, name=a, x");
        advance(XidSettings.JOIN);
        line("31, pid=500, name=a, x");
        assertThat(counts).containsEntry(31, 1);
        advance(Duration.ofNanos(1));
        line("31, pid=500, name=a, x");
        assertThat(counts).containsEntry(31, 2);
        line("31, pid=501, name=a, x");
        assertThat(counts).containsEntry(31, 3);
    }

    /** DCGM says that 79, 119 and 120 do not come as events: P4. */
    @Test
    void whatOnlyTheKernelLogSaysIsTold() {
        line("119, pid=500, name=a, Timeout after 6s of waiting for RPC response from GPU3 GSP!");
        assertThat(told)
                .singleElement()
                .satisfies(finding -> assertThat(finding.action()).isEqualTo(Action.RESET_GPU));
    }

    @Test
    void anEventThatDoesNotSayItsCodeTakesThatOfItsLine() {
        watch.driver(UUID, 3, 999);
        line("48, pid='<unknown>', name=<unknown>, DBE");
        advance(SECOND);
        assertThat(counts).containsExactly(Map.entry(48, 1));
        assertThat(told)
                .singleElement()
                .satisfies(finding -> assertThat(finding.code()).isEqualTo("48"));
    }

    /** 672 false alarms in three hours on 288 nodes: P6. */
    @Test
    void a45AfterAnotherXidIsCountedAndNotTold() {
        line("31, pid=500, name=a, MMU fault");
        for (int i = 0; i < 50; i++) {
            line("45, pid=500, name=a, Ch 0000000" + i % 10);
            advance(SECOND.multipliedBy(3));
            if (i >= 15) {
                break;
            }
        }
        assertThat(told).hasSize(1);
        assertThat(counts).containsEntry(45, 16);
        assertThat(folded).hasSize(16).containsOnly(45);
    }

    @Test
    void a45ThatNamesItsCauseIsFoldedHoweverLongAgoThatWas() {
        line("45, pid=500, name=a, Ch 00000001, due to earlier Xid 31");
        assertThat(told).isEmpty();
        assertThat(folded).containsExactly(45);
    }

    @Test
    void a45AloneIsToldAndSoIsOneOfAnotherProcessOrLater() {
        line("45, pid=500, name=a, Ch 00000001");
        assertThat(told).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.INFO);
            assertThat(finding.action()).isEqualTo(Action.NONE);
        });
        line("31, pid=600, name=b, fault");
        line("45, pid=700, name=c, Ch 00000001");
        assertThat(told).hasSize(3);
        advance(Duration.ofMinutes(2));
        line("45, pid=600, name=b, Ch 00000001");
        assertThat(told).hasSize(4);
        line("48, pid='<unknown>', name=<unknown>, DBE");
        line("45, pid=700, name=c, Ch 00000001"); // of the whole GPU's error
        assertThat(told).hasSize(5);
    }

    @Test
    void theDetailOf48FollowsIt() {
        line("171, DRAM detail");
        line("48, DBE");
        line("172, SRAM detail");
        assertThat(told).extracting(Finding::code).containsExactly("171", "48");
    }

    @Test
    void aGpuThatFellOffTheBusIsOneXid79AndLostAtOnce() {
        line("79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.");
        messages.parse("NVRM: GPU 0000:9b:00.0: GPU has fallen off the bus.")
                .forEach(each -> watch.kernel(each, Duration.ZERO));
        watch.driver(UUID, 3, 79);
        advance(SECOND);
        assertThat(told)
                .singleElement()
                .satisfies(finding -> assertThat(finding.action()).isEqualTo(Action.REBOOT_NODE));
        assertThat(lost).singleElement().satisfies(finding -> {
            assertThat(finding.condition()).isEqualTo(Condition.GPU_LOST);
            assertThat(finding.entity()).isEqualTo(Finding.gpu(UUID, 3));
            assertThat(finding.evidence()).containsKey("line");
        });
        assertThat(counts).containsExactly(Map.entry(79, 1));
    }

    /** P3: a repeat of the same code is seen, and a storm of it is no storm of events. */
    @Test
    void aStormIsOneEventAMinuteWithACountAndTheCounterIsExact() {
        for (int i = 0; i < 60; i++) {
            line("31, pid=1234, name=a, fault " + i);
            advance(SECOND.multipliedBy(3));
        }
        advance(Duration.ofMinutes(5));
        assertThat(counts).containsEntry(31, 60);
        assertThat(told).hasSize(4);
        assertThat(told.stream()
                        .mapToInt(each -> Integer.parseInt(each.evidence().getOrDefault("repeats", "1")))
                        .sum())
                .isEqualTo(60);
        assertThat(told.get(1).message()).contains("19 more within 60 s");
        assertThat(tasks).isEmpty();
    }

    @Test
    void threeContainersOnOneGpuPointAtTheHardware() {
        line("13, pid=1000, name=a, x");
        advance(Duration.ofHours(1));
        line("13, pid=2000, name=a, x");
        advance(Duration.ofHours(1));
        line("13, pid=2001, name=a, x"); // the same container as before
        assertThat(told).hasSize(3).allSatisfy(each -> assertThat(each.action()).isEqualTo(Action.RESTART_APP));
        advance(Duration.ofHours(1));
        line("13, pid=3000, name=a, x");
        assertThat(told.getLast().action()).isEqualTo(Action.CONTACT_SUPPORT);
        assertThat(told.getLast().severity()).isEqualTo(Severity.CRITICAL);
        assertThat(told.getLast().evidence()).containsEntry("adviceBy", "escalation");
        advance(Duration.ofHours(25));
        line("13, pid=4000, name=a, x");
        assertThat(told.getLast().action()).isEqualTo(Action.RESTART_APP);
    }

    @Test
    void a109AsksForAResetWhenItComesAgain() {
        line("109, pid=1000, name=a, x");
        assertThat(told.getLast().action()).isEqualTo(Action.NONE);
        advance(SECOND.multipliedBy(10));
        line("109, pid=1000, name=a, x");
        assertThat(told).hasSize(2);
        assertThat(told.getLast().action()).isEqualTo(Action.RESET_GPU);
    }

    @Test
    void theDriversOwnRecoveryActionComesFirst() {
        watch.recoveryAction(UUID, 2);
        line("62, x");
        assertThat(told.getLast().action()).isEqualTo(Action.REBOOT_NODE);
        assertThat(told.getLast().evidence())
                .containsEntry("recoveryAction", "node_reboot")
                .containsEntry("adviceBy", "driver");
        line("154, GPU recovery action changed from 0x2 (Node Reboot Required) to 0x0 (None)");
        assertThat(told.getLast().severity()).isEqualTo(Severity.INFO);
        assertThat(told.getLast().action()).isEqualTo(Action.NONE);
        advance(Duration.ofMinutes(5));
        line("154, GPU recovery action changed from 0x0 (None) to 0x1 (GPU Reset Required)");
        assertThat(told.getLast().severity()).isEqualTo(Severity.CRITICAL);
        assertThat(told.getLast().action()).isEqualTo(Action.RESET_GPU);
    }

    @Test
    void nvLinkErrorsGoByUnitAndErrorWord() {
        line("145, RLW_REMAP Nonfatal XC0 i0 Link 02 (0x00000004 0x00000100 0x0)");
        assertThat(told.getLast().severity()).isEqualTo(Severity.INFO);
        assertThat(told.getLast().evidence())
                .containsEntry("unit", "RLW_REMAP")
                .containsEntry("link", "2")
                .containsEntry("errorWord", "0x00000100");
        line("149, NETIR_LINK_DOWN Fatal XC0 i0 Link 08 (0x004505c6 0x00000000 0x0)");
        assertThat(told.getLast().action()).isEqualTo(Action.RESET_GPU);
    }

    @Test
    void anOperatorsWordIsFinal() {
        watch = watch(Map.of(94, new XidPolicy.Decision(Severity.CRITICAL, Action.CONTACT_SUPPORT)));
        watch.recoveryAction(UUID, 2);
        line("94, pid=1234, name=a, x");
        assertThat(told.getLast().severity()).isEqualTo(Severity.CRITICAL);
        assertThat(told.getLast().action()).isEqualTo(Action.CONTACT_SUPPORT);
    }

    @Test
    void aProcessOfTheHostHasNoContainerToRestart() {
        line("94, pid=99, name=a, x");
        assertThat(told.getLast().action()).isEqualTo(Action.RESTART_APP);
        assertThat(told.getLast().evidence()).containsEntry("container", "none: the process runs on the host");
    }

    @Test
    void aLineFromBeforeNamesNoContainerForItsProcessMayBeAnother() {
        messages.parse("NVRM: Xid (PCI:0000:9b:00): 94, pid=1234, name=a, x")
                .forEach(each -> watch.kernel(each, Duration.ofMinutes(2)));
        assertThat(told.getLast().evidence())
                .containsKeys("loggedAt", "containerUnknown")
                .doesNotContainKey("container");
        messages.parse("NVRM: Xid (PCI:0000:9b:00): 94, pid=1234, name=a, x")
                .forEach(each -> watch.kernel(each, Duration.ofMinutes(1)));
        assertThat(counts).containsEntry(94, 2);
    }

    @Test
    void linesWaitUntilTheGpusAreKnownButNotForEver() {
        var early = new XidWatch(
                XidSettings.DEFAULT,
                new XidWatch.Surroundings(
                        Finding.host("node-1"),
                        new XidPolicy(XidTable.load(), Map.of()),
                        _ -> new Membership.OnHost(),
                        new XidWatch.Outlet() {
                            @Override
                            public void occurred(Finding finding) {
                                told.add(finding);
                            }

                            @Override
                            public void lost(Finding finding) {}
                        },
                        XidListener.NONE),
                wall,
                () -> nanos,
                (delay, task) -> tasks.add(new Task(nanos + delay.toNanos(), task)));
        watch = early;
        line("62, x");
        assertThat(told).isEmpty();
        early.gpus(List.of(new XidWatch.Gpu(UUID, 3, "00000000:9B:00.0")));
        assertThat(told)
                .singleElement()
                .satisfies(each -> assertThat(each.entity().id()).isEqualTo(UUID));
        told.clear();
        messages.parse("NVRM: Xid (PCI:0000:01:00): 62, x").forEach(each -> early.kernel(each, Duration.ZERO));
        assertThat(told).singleElement().satisfies(each -> {
            assertThat(each.entity()).isEqualTo(Finding.host("node-1"));
            assertThat(each.message()).contains("0000:01:00");
        });
    }

    @Test
    void aSwitchErrorIsAMatterOfTheHost() {
        String line = "nvidia-nvswitch0: SXid (PCI:0000:a9:00.0): 20034, Fatal, Link 30 LTSSM Fault Up";
        messages.parse(line).forEach(each -> watch.kernel(each, Duration.ZERO));
        messages.parse(line).forEach(each -> watch.kernel(each, Duration.ZERO));
        assertThat(told).singleElement().satisfies(each -> {
            assertThat(each.condition()).isEqualTo(Condition.GPU_SXID);
            assertThat(each.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(each.entity()).isEqualTo(Finding.host("node-1"));
        });
    }

    @Test
    void whateverTheOrderOfSourcesEachXidIsCountedOnceAndNoneIsToldTwice() {
        Cases.forEach(random -> random.nextLong(), seed -> {
            told.clear();
            counts.clear();
            tasks.clear();
            watch = watch(Map.of());
            var random = Cases.random(seed);
            int[] codes = {8, 32, 62, 69, 94, 119};
            int happened = 0;
            for (int i = 0; i < 30; i++) {
                int code = codes[random.nextInt(codes.length)];
                boolean eventFirst = random.nextBoolean();
                boolean both = random.nextBoolean();
                if (eventFirst || both) {
                    watch.driver(UUID, 3, code);
                }
                advance(Duration.ofMillis(random.nextInt(60)));
                if (!eventFirst || both) {
                    line(code + ", pid=" + 1234 + ", name=a, x");
                }
                if (!eventFirst && random.nextBoolean()) {
                    watch.driver(UUID, 3, code);
                }
                happened++;
                advance(Duration.ofMillis(2_100));
            }
            advance(Duration.ofMinutes(3));
            assertThat(counts.values().stream().mapToInt(each -> each).sum()).isEqualTo(happened);
            assertThat(told.stream()
                            .mapToInt(each -> Integer.parseInt(each.evidence().getOrDefault("repeats", "1")))
                            .sum())
                    .isEqualTo(happened);
        });
    }
}
