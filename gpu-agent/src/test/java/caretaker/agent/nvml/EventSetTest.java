package caretaker.agent.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventSetTest {
    private static final int TIMEOUT = NvmlReturn.TIMEOUT.code();

    private final TestNvml driver = TestNvml.load();

    @AfterEach
    void theCallerDidNothingWrong() {
        assertThat(driver.violations()).isEmpty();
    }

    @Test
    void anXidIsToldEachTimeItHappensAndNotBeforeTheRegistration() {
        // Given
        driver.scenario("gpus 2\ngpu 1 xid 31 at 1s\ngpu 1 xid 79 at 5s every 10s\ngpu 0 event 0x80 3 at 6s\n");
        Nvml nvml = driver.start();
        GpuHandle first = nvml.gpuByIndex(0).gpu();
        GpuHandle second = nvml.gpuByIndex(1).gpu();
        driver.advance(Duration.ofSeconds(2));
        EventSet events = nvml.eventSet();
        assertThat(events.create()).isZero();
        assertThat(events.register(first, EventSet.XID | EventSet.POWER_SOURCE)).isZero();
        assertThat(events.register(second, EventSet.XID)).isZero();
        assertThat(events.await(0)).isEqualTo(TIMEOUT);
        // When
        driver.advance(Duration.ofSeconds(14));
        // Then
        assertThat(events.await(0)).isZero();
        assertThat(events.gpu()).isEqualTo(second);
        assertThat(events.type()).isEqualTo(EventSet.XID);
        assertThat(events.data()).isEqualTo(79);
        assertThat(events.await(0)).isZero();
        assertThat(events.gpu()).isEqualTo(first);
        assertThat(events.type()).isEqualTo(EventSet.POWER_SOURCE);
        assertThat(events.data()).isEqualTo(3);
        assertThat(events.await(0)).isZero();
        assertThat(events.data()).isEqualTo(79);
        assertThat(events.await(0)).isEqualTo(TIMEOUT);
        assertThat(Answer.isValue(events.data())).isFalse();
        assertThat(events.gpu()).isEqualTo(GpuHandle.NONE);
        assertThat(events.free()).isZero();
        assertThat(nvml.shutdown()).isZero();
    }

    @Test
    void aWaitOnItsOwnThreadEndsWithTheEventWhileTheOtherThreadPolls() throws InterruptedException {
        // Given
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        EventSet events = nvml.eventSet();
        events.create();
        events.register(gpu, EventSet.XID);
        AtomicLong xid = new AtomicLong(-1);
        Thread waiter = Thread.ofPlatform().daemon().start(() -> {
            if (events.await(60_000) == 0) {
                xid.set(events.data());
            }
        });
        assertThat(nvml.sensors().powerMilliwatts(gpu)).isEqualTo(250_000);
        // When
        driver.apply("gpu 0 xid 48");
        waiter.join();
        // Then
        assertThat(xid).hasValue(48);
        assertThat(events.free()).isZero();
    }

    @Test
    void theLossOfAGpuIsToldOnce() {
        // Given
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        EventSet events = nvml.eventSet();
        events.create();
        events.register(gpu, EventSet.XID);
        // When
        driver.apply("gpu 0 lost");
        // Then
        assertThat(events.await(0)).isEqualTo(NvmlReturn.GPU_IS_LOST.code());
        assertThat(events.gpu()).isEqualTo(gpu);
        assertThat(events.await(0)).isEqualTo(TIMEOUT);
        assertThat(events.free()).isZero();
    }

    @Test
    void onlyTypesThatTheGpuHasAreAskedFor() {
        // Given
        driver.scenario("gpus 2\ngpu 0 event-types 0x8\ngpu 1 event-types 0\ngpu 0 event 0x100 0 at 1s\n");
        Nvml nvml = driver.start();
        EventSet events = nvml.eventSet();
        events.create();
        // Then
        assertThat(events.register(nvml.gpuByIndex(0).gpu(), EventSet.XID | EventSet.MIG_CONFIGURATION))
                .isZero();
        assertThat(events.register(nvml.gpuByIndex(1).gpu(), EventSet.XID)).isEqualTo(NvmlReturn.NOT_SUPPORTED.code());
        driver.advance(Duration.ofSeconds(2));
        assertThat(events.await(0)).isEqualTo(TIMEOUT);
        assertThat(events.free()).isZero();
    }

    @Test
    void aSetThatWasNotCreatedDoesNothing() {
        Nvml nvml = driver.start();
        EventSet events = nvml.eventSet();
        assertThat(events.register(nvml.gpuByIndex(0).gpu(), EventSet.XID)).isNotZero();
        assertThat(events.await(0)).isNotZero();
        assertThat(events.free()).isZero();
    }
}
