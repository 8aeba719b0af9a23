package caretaker.agent;

import caretaker.agent.health.RuleSettings;
import caretaker.agent.xid.XidPolicy;
import caretaker.agent.xid.XidSettings;
import caretaker.agent.xid.XidTable;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * By what rules something is wrong with a GPU; {@code docs/health.md} says what each does and where its default is
 * from.
 *
 * @param conditions by the condition's name, for example {@code gpu.persistence-off}
 * @param throttleWindow throttling is judged by its share of this time
 * @param throttleRaisePercent of the window
 * @param throttleClearPercent of the window
 * @param pcieLoadPercent a PCIe link is judged while the GPU is at least that busy
 * @param nvlinks active NVLinks that each GPU should have; {@code auto} (or 0): those that its fabric needs, or that it
 *     had before; {@code none}: none
 * @param xid by code, for example {@code "94"}
 * @param xidRepeats the same XID again within this time is counted and told at its end
 * @param xidFollows an XID 45 within this time after another one is counted with it
 * @param xidContainers so many containers with an XID 13 or 31 on one GPU make a fault of the hardware
 * @param xidEscalation within this time
 */
record HealthConfig(
        Map<String, Rule> conditions,
        @Default("1m") @Range(min = "12s", max = "1h") Duration throttleWindow,
        @Default("20") @Range(min = "1", max = "100") int throttleRaisePercent,
        @Default("5") @Range(min = "0", max = "99") int throttleClearPercent,
        @Default("50") @Range(min = "1", max = "100") int pcieLoadPercent,
        @Default("auto") String nvlinks,
        Map<String, Xid> xid,
        @Default("1m") @Range(min = "3s", max = "1d") Duration xidRepeats,
        @Default("1m") @Range(min = "0s", max = "1d") Duration xidFollows,
        @Default("3") @Range(min = "2", max = "64") int xidContainers,
        @Default("24h") @Range(min = "1m", max = "30d") Duration xidEscalation) {

    /** What is other than the default for one condition. */
    record Rule(
            @Default("true") boolean enabled,
            @Nullable Severity severity,
            @Nullable Duration raiseAfter,
            @Nullable Duration clearAfter) {}

    /** What is other than the table for one code. */
    record Xid(@Nullable Severity severity, @Nullable Action action) {}

    HealthConfig {
        conditions.forEach((name, rule) -> {
            boolean hasTimes = RuleSettings.defaults().containsKey(condition(name));
            if (!hasTimes && (rule.raiseAfter() != null || rule.clearAfter() != null)) {
                throw new IllegalArgumentException("conditions: '" + name
                        + "' has no raise-after and no clear-after, only enabled and severity; those that have are "
                        + names(RuleSettings.defaults().keySet()));
            }
        });
        for (String code : xid.keySet()) {
            code(code);
        }
        links(nvlinks);
        if (throttleClearPercent >= throttleRaisePercent) {
            throw new IllegalArgumentException("throttle-clear-percent must be below throttle-raise-percent");
        }
    }

    private static Condition condition(String name) {
        Condition condition = Condition.ofWire(name);
        if (condition == null) {
            throw new IllegalArgumentException(
                    "conditions: '" + name + "' is not a condition; those are " + names(List.of(Condition.values())));
        }
        return condition;
    }

    private static String names(Collection<Condition> conditions) {
        return conditions.stream().map(Condition::wire).collect(Collectors.joining(", "));
    }

    private static int code(String text) {
        try {
            int code = Integer.parseInt(text);
            if (code >= 1 && code <= XidTable.MAX_CODE) {
                return code;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("xid: '" + text + "' is not a code", e);
        }
        throw new IllegalArgumentException("xid: '" + text + "' is not a code from 1 to " + XidTable.MAX_CODE);
    }

    private static int links(String text) {
        return switch (text) {
            case "auto" -> 0;
            case "none" -> RuleSettings.NO_NVLINKS;
            default -> {
                if (!text.matches("[0-9]|[1-5][0-9]|6[0-4]")) {
                    throw new IllegalArgumentException("nvlinks: '" + text + "' is not auto, none, or from 1 to 64");
                }
                yield Integer.parseInt(text);
            }
        };
    }

    RuleSettings rules() {
        Map<Condition, RuleSettings.Change> changes = new EnumMap<>(Condition.class);
        conditions.forEach((name, rule) -> changes.put(
                condition(name),
                new RuleSettings.Change(rule.enabled(), rule.severity(), rule.raiseAfter(), rule.clearAfter())));
        var throttle = new RuleSettings.Throttle(throttleWindow, throttleRaisePercent, throttleClearPercent);
        return new RuleSettings(changes, throttle, pcieLoadPercent, links(nvlinks));
    }

    XidPolicy policy(XidTable table) {
        Map<Integer, XidPolicy.Decision> decisions = new HashMap<>();
        xid.forEach((code, rule) -> decisions.put(code(code), new XidPolicy.Decision(rule.severity(), rule.action())));
        return new XidPolicy(table, decisions);
    }

    XidSettings xids() {
        return new XidSettings(
                XidSettings.JOIN, XidSettings.HOLD, xidRepeats, xidFollows, xidContainers, xidEscalation);
    }
}
