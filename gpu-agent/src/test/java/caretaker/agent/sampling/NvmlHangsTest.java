package caretaker.agent.sampling;

import static caretaker.agent.sampling.NvmlHost.SECOND;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Column.Tier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A driver may hang in any of its functions: the watchdog must see the poll thread in each of them. */
class NvmlHangsTest {
    /** One GPU that is divided, one that is not; the divided one loses a part and the driver is lost once. */
    private static final String GPUS = """
            gpus 2
            gpu 0 mig 1
            gpu 0 instance 0 7 0 1g.10gb 10737418240 1073741824 16 1
            gpu 0 instance 2 5 1 3g.40gb 42949672960 2147483648 60 3
            gpu 1 process 4242 compute 1073741824 sm 40
            """;

    private final NvmlHost host = new NvmlHost("");

    @AfterEach
    void close() {
        host.driver.scenario("");
    }

    @Test
    void theWatchdogSeesEveryCallOfThePollThreadThatHangs() throws IOException, InterruptedException {
        host.options = host.options.withOptIns(Duration.ofMillis(100), true);
        List<String> unseen = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        for (String function : functions()) {
            host.driver.scenario(GPUS + "call " + function + " hang");
            host.start();
            Thread polls = Thread.ofPlatform().daemon().start(this::polls);
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> !polls.isAlive() || host.driver.hanging() > 0);
            if (host.driver.hanging() > 0) {
                (host.call.running() == null ? unseen : seen).add(function);
            }
            host.driver.apply("call " + function + " well");
            host.driver.releaseHangs();
            assertThat(polls.join(Duration.ofSeconds(60))).as(function).isTrue();
        }
        assertThat(unseen).isEmpty();
        assertThat(seen)
                .contains(
                        "nvmlInit_v2",
                        "nvmlEventSetCreate",
                        "nvmlDeviceRegisterEvents",
                        "nvmlDeviceGetSupportedEventTypes",
                        "nvmlEventSetFree",
                        "nvmlDeviceGetNvLinkVersion",
                        "nvmlDeviceGetMaxMigDeviceCount",
                        "nvmlGpmSampleAlloc",
                        "nvmlGpmSampleFree",
                        "nvmlShutdown")
                .hasSizeGreaterThan(60);
    }

    private void polls() {
        host.poll(Tier.RARE);
        host.advance(SECOND);
        host.poll(Tier.FAST);
        host.driver.apply("gpu 0 instance 2 gone");
        host.advance(SECOND);
        host.poll(Tier.SLOW);
        host.driver.apply("call nvmlDeviceGetUtilizationRates error 1"); // a new session
        host.advance(SECOND);
        host.poll(Tier.FAST);
        host.driver.apply("call nvmlDeviceGetUtilizationRates well");
        host.close();
    }

    /** All that the agent may call but the wait for events, which is on a thread of its own. */
    private static List<String> functions() throws IOException {
        try (var in = requireNonNull(NvmlHangsTest.class.getResourceAsStream("/caretaker/agent/nvml/nvml.functions"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("nvml"))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .filter(name -> !name.equals("nvmlEventSetWait_v2"))
                    .toList();
        }
    }
}
