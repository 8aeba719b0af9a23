package caretaker.agent.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.agent.simulated.FaultScript.Entry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FaultScriptTest {
    @Test
    void linesMayBeAYamlListWithCommentsInAnyOrder() {
        var script = FaultScript.parse("""
                # later things first
                - at 2m gpu 3 of node-2: back

                at 1500ms gpu 3 of node-2: lost   # gone
                at 1h gpu 10 of gpu.example.org: reset-required
                """);
        assertThat(script.entries())
                .containsExactly(
                        new Entry(Duration.ofMillis(1500), "node-2", 3, Fault.LOST),
                        new Entry(Duration.ofMinutes(2), "node-2", 3, Fault.BACK),
                        new Entry(Duration.ofHours(1), "gpu.example.org", 10, Fault.RESET_REQUIRED));
        assertThat(script.of("node-2").entries()).hasSize(2);
    }

    @Test
    void anXidHasItsCode() {
        assertThat(FaultScript.parse("at 1s gpu 3 of node-2: xid 94").entries())
                .containsExactly(new Entry(Duration.ofSeconds(1), "node-2", 3, Fault.XID, 94));
        assertThatThrownBy(() -> FaultScript.parse("at 1s gpu 3 of node-2: xid\nat 1s gpu 3 of node-2: lost 94"))
                .hasMessageContaining("line 1: a code belongs to `xid`")
                .hasMessageContaining("line 2: a code belongs to `xid`");
    }

    @Test
    void everyBadLineIsNamed() {
        assertThatThrownBy(() -> FaultScript.parse("at 20 gpu 3 of node-2: lost\n\nat 20s gpu 3 of node-2: smoke"))
                .hasMessageContaining("line 1: expected `at 20s gpu 3 of node-2: lost`, found `at 20 gpu")
                .hasMessageContaining("line 3: unknown fault `smoke`; known are lost, thermal-throttle");
    }

    @Test
    void theScriptOfTheDemoEndsWithEveryHostAnswering() {
        assertThat(FaultScript.demo().entries()).isNotEmpty();
    }
}
