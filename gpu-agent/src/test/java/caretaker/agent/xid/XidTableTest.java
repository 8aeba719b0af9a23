package caretaker.agent.xid;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.xid.XidTable.Entry;
import caretaker.agent.xid.XidTable.Escalation;
import caretaker.agent.xid.XidTable.Scope;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XidTableTest {
    private final XidTable table = XidTable.load();

    @Test
    void itHasEveryCodeOfTheCatalogueAndItsEdition() {
        assertThat(table.entries()).hasSize(176);
        assertThat(table.entries().stream().filter(Entry::live)).hasSize(114);
        assertThat(table.version()).contains("2025-10-29");
        assertThat(table.entries()).allSatisfy(entry -> {
            assertThat(entry.name()).isNotBlank();
            assertThat(entry.action() == Action.NONE).as("code " + entry.code()).isEqualTo(entry.scope() == Scope.NONE);
            assertThat(entry.escalation() == Escalation.NEVER).isEqualTo(entry.escalated() == Action.NONE);
            assertThat(entry.fatal().equals("yes") && entry.action() == Action.NONE && entry.code() != 109)
                    .as("code " + entry.code())
                    .isFalse();
        });
    }

    /** Where sources disagree, this is what we say. */
    @ParameterizedTest
    @CsvSource({
        "13, WARNING, RESTART_APP",
        "31, WARNING, RESTART_APP",
        "43, INFO, NONE",
        "45, INFO, NONE",
        "63, INFO, NONE",
        "94, WARNING, RESTART_CONTAINER",
        "109, WARNING, NONE",
        "121, WARNING, NONE",
        "143, CRITICAL, RESET_GPU",
        "160, INFO, NONE",
        "162, INFO, NONE",
        "38, INFO, NONE",
        "44, INFO, NONE",
        "32, WARNING, RESTART_APP",
        "68, WARNING, RESTART_APP",
        "69, WARNING, RESTART_APP",
        "48, CRITICAL, RESET_GPU",
        "79, CRITICAL, REBOOT_NODE",
        "95, CRITICAL, RESET_GPU",
        "119, CRITICAL, RESET_GPU"
    })
    void whereSourcesDisagreeThisIsTheDefault(int code, Severity severity, Action action) {
        assertThat(table.entry(code).severity()).isEqualTo(severity);
        assertThat(table.entry(code).action()).isEqualTo(action);
    }

    @Test
    void aCodeThatNobodyKnowsIsStillTold() {
        assertThat(table.entry(4_711).severity()).isEqualTo(Severity.WARNING);
        assertThat(table.entry(4_711).action()).isEqualTo(Action.NONE);
    }

    @Test
    void anOperatorHasTheLastWord() {
        var policy = new XidPolicy(
                table,
                Map.of(
                        31, new XidPolicy.Decision(Severity.CRITICAL, null),
                        109, new XidPolicy.Decision(null, Action.RESET_GPU)));
        assertThat(policy.entry(31).severity()).isEqualTo(Severity.CRITICAL);
        assertThat(policy.entry(31).action()).isEqualTo(Action.RESTART_APP);
        assertThat(policy.entry(31).escalation()).isEqualTo(Escalation.NEVER);
        assertThat(policy.isDecided(31)).isFalse();
        assertThat(policy.entry(109).scope()).isEqualTo(Scope.GPU);
        assertThat(policy.isDecided(109)).isTrue();
        assertThat(policy.entry(13)).isEqualTo(table.entry(13));
    }

    @Test
    void mostNvLinkErrorsAreHarmless() {
        var links = new LinkErrors();
        assertThat(links.advice(145, error("RLW_REMAP", false, 0x100))).isEqualTo(LinkErrors.Advice.NONE);
        assertThat(links.advice(145, error("RLW_REMAP", false, 0x1))).isEqualTo(LinkErrors.Advice.READ_RECOVERY_ACTION);
        assertThat(links.advice(145, error("RLW_REMAP", true, 0x140))).isEqualTo(LinkErrors.Advice.RESET_GPU);
        assertThat(links.advice(149, error("NETIR_LINK_DOWN", true, 0))).isEqualTo(LinkErrors.Advice.RESET_GPU);
        assertThat(links.advice(149, error("NETIR_BER_EVENT", false, 2))).isEqualTo(LinkErrors.Advice.NONE);
        assertThat(links.advice(150, error("MSE_WATCHDOG", true, 0))).isEqualTo(LinkErrors.Advice.RESET_GPU);
        assertThat(links.advice(147, error("NEW_UNIT", true, 1))).isEqualTo(LinkErrors.Advice.RESET_GPU);
        assertThat(links.advice(147, error("NEW_UNIT", false, 1))).isEqualTo(LinkErrors.Advice.NONE);
        assertThat(links.advice(144, error("SAW_MVB", true, KernelMessage.LinkError.NO_WORD)))
                .isEqualTo(LinkErrors.Advice.RESET_GPU);
    }

    private static KernelMessage.LinkError error(String unit, boolean fatal, long word) {
        return new KernelMessage.LinkError(unit, fatal, 0, word);
    }
}
