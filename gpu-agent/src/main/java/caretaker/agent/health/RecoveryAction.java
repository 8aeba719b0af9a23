package caretaker.agent.health;

import caretaker.contracts.Column;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.StateNames;
import java.util.List;

/** What the driver itself asks for, by the numbers of its field 230 (driver 570 and later), which XID 154 uses too. */
public final class RecoveryAction {
    private RecoveryAction() {}

    /** What we advise for a number; one that is not known here is for a person to look at. */
    public static Action advice(long number) {
        return switch ((int) Math.min(number, Integer.MAX_VALUE)) {
            case 0 -> Action.NONE;
            case 1, 4, 6 -> Action.RESET_GPU; // reset, drain and reset, bus reset
            case 2, 7 -> Action.REBOOT_NODE; // node, system
            case 3 -> Action.RESTART_APP; // drain peer-to-peer traffic: those who use it have to stop
            default -> Action.CONTACT_SUPPORT; // 5: the IMEX domain has to be recovered
        };
    }

    /** The number's word, as the metric {@code nvidia_gpu_recovery_action} has it. */
    public static String word(long number) {
        List<String> words = StateNames.of(Column.RECOVERY_ACTION);
        return number >= 0 && number < words.size() ? words.get((int) number) : "action_" + number;
    }
}
