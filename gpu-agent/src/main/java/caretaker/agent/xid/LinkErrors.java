package caretaker.agent.xid;

import caretaker.contracts.HealthEvent.Action;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The detail of the codes 144 to 150 (NVLink 5), by unit and error word: the file {@code xid-nvlink5.csv}. Most of
 * them are harmless, so the code alone decides nothing.
 */
final class LinkErrors {
    private static final String FILE = "/caretaker/agent/xid/xid-nvlink5.csv";

    /** What the catalogue asks for. */
    enum Advice {
        NONE,
        /** What the driver's recovery action says. */
        READ_RECOVERY_ACTION,
        RESET_GPU;

        Action action() {
            return this == RESET_GPU ? Action.RESET_GPU : Action.NONE;
        }
    }

    private record Unit(int code, String name) {}

    private final Map<Unit, Map<Long, Advice>> units = new HashMap<>();

    LinkErrors() {
        XidTable.read(FILE)
                .lines()
                .filter(line -> !line.startsWith("#") && !line.startsWith("xid,"))
                .forEach(this::line);
    }

    private void line(String line) {
        String[] cells = line.split(",", -1);
        Advice advice = switch (cells[4]) {
            case "none" -> Advice.NONE;
            case "read-recovery-action" -> Advice.READ_RECOVERY_ACTION;
            default -> Advice.RESET_GPU;
        };
        units.computeIfAbsent(new Unit(Integer.parseInt(cells[0]), cells[1]), _ -> new HashMap<>())
                .put(Long.parseLong(cells[2].substring(2), 16), advice);
    }

    /** The advice for an error; of several bits the most careful one. What no row describes goes by its fatal word. */
    Advice advice(int code, KernelMessage.LinkError error) {
        Map<Long, Advice> rows = units.get(new Unit(code, error.unit()));
        Advice advice = rows == null ? null : advice(rows, error.error());
        return advice != null ? advice : error.fatal() ? Advice.RESET_GPU : Advice.NONE;
    }

    private static @Nullable Advice advice(Map<Long, Advice> rows, long word) {
        Advice worst = rows.get(word);
        if (worst == null) {
            for (Map.Entry<Long, Advice> row : rows.entrySet()) {
                boolean oneBit = Long.bitCount(row.getKey()) == 1;
                if (oneBit && word > 0 && (word & row.getKey()) != 0) {
                    worst = worst == null || row.getValue().compareTo(worst) > 0 ? row.getValue() : worst;
                }
            }
        }
        return worst;
    }
}
