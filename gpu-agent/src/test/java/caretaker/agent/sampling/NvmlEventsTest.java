package caretaker.agent.sampling;

import static caretaker.agent.sampling.NvmlHost.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What GPUs report by themselves, over losses, new sessions and drivers that give no events. */
class NvmlEventsTest {
    private final NvmlHost host = new NvmlHost("");

    @AfterEach
    void theDriverWasUsedAsItMustBe() {
        host.driver.releaseHangs();
        host.close();
        assertThat(host.driver.violations()).isEmpty();
        assertThat(host.driver.sessions()).isZero();
    }

    private void scenario(String text) {
        host.driver.scenario(text);
        host.start();
    }

    /** Waits for the event thread, which runs by the real clock. */
    private void told(String... events) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(host.events).containsExactly(events));
        host.events.clear();
    }

    @Test
    void anXidIsToldEachTimeItHappensAndWrittenToTheKernelsLog(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("kmsg");
        scenario("gpus 2\nkernel-log " + log + "\ngpu 1 xid 79 at 5s every 10s");
        host.poll(Tier.RARE);
        told("available");
        host.advance(SECOND.multipliedBy(16));
        told("1 8 79", "1 8 79");
        assertThat(Files.readAllLines(log))
                .hasSize(2)
                .allMatch(line -> line.contains(";NVRM: Xid (PCI:0000:19:00): 79, pid=4242, name=python3"));
        host.driver.apply("gpu 1 xid 79");
        told("1 8 79");
    }

    @Test
    void otherEventsAreCountedFromZeroOn() {
        scenario("");
        host.poll(Tier.RARE);
        assertThat(host.gpu(0).get(Column.EVENTS_POISON)).isZero();
        told("available");
        host.driver.apply("gpu 0 event 0x1000 0\ngpu 0 event 0x2000 0\ngpu 0 event 0x200 0\ngpu 0 event 0x800 0");
        await().atMost(Duration.ofSeconds(30)).until(() -> host.events.size() == 4);
        host.advance(SECOND);
        host.poll(Tier.FAST);
        assertThat(host.gpu(0).get(Column.EVENTS_POISON)).isEqualTo(2);
        assertThat(host.gpu(0).get(Column.EVENTS_ECC_STORM)).isEqualTo(1);
        assertThat(host.gpu(0).get(Column.EVENTS_DRAM_RETIREMENT)).isEqualTo(1);
        assertThat(host.gpu(0).get(Column.EVENTS_ECC_DOUBLE)).isZero();
    }

    @Test
    void aChangeOfMigIsSeenAtTheNextPollOfAnyTier() {
        scenario("");
        host.poll(Tier.RARE);
        told("available");
        host.driver.apply("gpu 0 mig 1\ngpu 0 instance 0 7 0 1g.10gb 10737418240 0 16 1\ngpu 0 event 0x100 0");
        told("0 256 0");
        host.advance(SECOND);
        host.poll(Tier.FAST);
        assertThat(host.gpu(0).parts(Part.MIG)).hasSize(1);
        assertThat(host.gpu(0).get(Column.EVENTS_MIG_CONFIG)).isEqualTo(1);
    }

    @Test
    void theLossOfAGpuIsToldAndItsEventsComeAgainWhenItIsBack() {
        scenario("gpus 2");
        host.poll(Tier.RARE);
        told("available");
        host.driver.apply("gpu 1 lost");
        told("1 lost");
        host.advance(SECOND);
        assertThat(host.conditions(Tier.FAST)).containsExactly(Condition.GPU_LOST);
        host.driver.apply("gpu 1 back");
        pollUntilAvailable();
        host.driver.apply("gpu 1 xid 13\ngpu 0 xid 31");
        await().atMost(Duration.ofSeconds(30)).until(() -> host.events.size() == 2);
        assertThat(host.events).containsExactlyInAnyOrder("1 8 13", "0 8 31");
    }

    private void pollUntilAvailable() {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            host.advance(SECOND.multipliedBy(2));
            host.poll(Tier.FAST);
            return host.events.contains("available");
        });
        host.events.clear();
    }

    @Test
    void aNewSessionOfTheDriverHasItsEventsToo() {
        scenario("");
        host.poll(Tier.RARE);
        told("available");
        host.driver.apply("call nvmlDeviceGetUtilizationRates error 1");
        host.advance(SECOND);
        host.poll(Tier.FAST);
        host.driver.apply("call nvmlDeviceGetUtilizationRates well");
        pollUntilAvailable();
        host.driver.apply("gpu 0 xid 48");
        told("0 8 48");
    }

    @Test
    void aDriverThatGivesNoEventsIsSaidOnceAndTriedAgain() {
        scenario("gpu 0 event-types 0");
        host.poll(Tier.RARE);
        told("unavailable");
        host.advance(SECOND.multipliedBy(5));
        host.poll(Tier.FAST);
        assertThat(host.events).isEmpty();
        assertThat(host.gpu(0).has(Column.EVENTS_POISON)).isFalse();
        host.driver.apply("gpu 0 event-types 8");
        pollUntilAvailable();
        host.driver.apply("gpu 0 xid 61");
        told("0 8 61");
    }

    @Test
    void aSetThatBreaksIsMadeAnew() {
        scenario("");
        host.poll(Tier.RARE);
        told("available");
        host.driver.apply("call nvmlEventSetWait_v2 error 999");
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            host.advance(SECOND);
            host.poll(Tier.FAST);
            return host.events.contains("unavailable");
        });
        host.driver.apply("call nvmlEventSetWait_v2 well");
        pollUntilAvailable();
        host.driver.apply("gpu 0 xid 62");
        told("0 8 62");
    }

    @Test
    void aDriverThatHoldsTheEventThreadForGoodIsNotShutDownUnderIt() {
        scenario("call nvmlEventSetWait_v2 hang");
        host.poll(Tier.RARE);
        await().atMost(Duration.ofSeconds(30)).until(() -> host.driver.hanging() == 1);
        host.close();
        assertThat(host.driver.sessions()).isEqualTo(1);
        assertThat(host.driver.violations()).isEmpty();
        host.driver.scenario(""); // lets the thread go, and forgets the session
    }

    @Test
    void anEventThreadThatIsStuckIsSaidOnceAndItsReturnToo() {
        scenario("call nvmlEventSetWait_v2 hang");
        host.poll(Tier.RARE);
        told("available");
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            host.poll(Tier.FAST);
            return !host.events.isEmpty();
        });
        host.poll(Tier.FAST);
        told("unavailable");
        host.driver.apply("call nvmlEventSetWait_v2 well");
        host.driver.releaseHangs();
        pollUntilAvailable();
        host.driver.apply("gpu 0 xid 63");
        told("0 8 63");
    }

    @Test
    void whereNoGpuAnswersNobodyBlamesTheDriverForItsEvents() {
        scenario("gpu 0 lost");
        host.poll(Tier.RARE);
        host.advance(SECOND);
        host.poll(Tier.FAST);
        assertThat(host.events).doesNotContain("unavailable");
    }

    @Test
    void anEventThreadThatIsStuckHoldsUpNoPoll() {
        scenario("call nvmlEventSetWait_v2 hang");
        host.poll(Tier.RARE);
        await().atMost(Duration.ofSeconds(30)).until(() -> host.driver.hanging() == 1);
        host.advance(SECOND);
        assertThat(host.poll(Tier.FAST)).isEmpty();
        host.driver.apply("call nvmlEventSetWait_v2 well");
        host.driver.releaseHangs();
        host.driver.apply("gpu 0 xid 63");
        told("available", "0 8 63");
    }
}
