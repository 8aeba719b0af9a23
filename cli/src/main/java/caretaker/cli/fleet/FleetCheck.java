package caretaker.cli.fleet;

import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.Readings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Judges hosts: are readings fresh, does every GPU answer, is anything raised. Drills are listed and do not count. */
public final class FleetCheck {
    /** What came out of one check, from good to bad. */
    public enum Status {
        OK,
        WARN,
        FAIL
    }

    /**
     * One check.
     *
     * @param id what was looked at: {@code readings.fresh}, {@code gpus.up}, {@code gpus.count}, {@code conditions}
     * @param entity the GPU or other thing it is about; empty for the host
     */
    public record Check(String id, Status status, String host, String entity, String message) {}

    private FleetCheck() {}

    public static List<Check> judge(Collection<HostView> hosts, Instant now) {
        List<Check> checks = new ArrayList<>();
        hosts.forEach(host -> judge(host, now, checks));
        return checks;
    }

    /** The worst of all. */
    public static Status worst(List<Check> checks) {
        return checks.stream().map(Check::status).max(Status::compareTo).orElse(Status.OK);
    }

    private static void judge(HostView host, Instant now, List<Check> checks) {
        Readings readings = host.readings();
        if (readings == null || host.isSilent(now)) {
            checks.add(new Check(
                    "readings.fresh",
                    Status.FAIL,
                    host.host(),
                    "",
                    readings == null
                            ? "no readings"
                            : "no readings for " + host.age(now).toSeconds() + " s"));
        } else {
            String age = String.format(Locale.ROOT, "%.1f s old", host.age(now).toMillis() / 1e3);
            checks.add(new Check("readings.fresh", Status.OK, host.host(), "", age));
            gpus(host, readings, checks);
        }
        conditions(host, checks);
    }

    private static void gpus(HostView host, Readings readings, List<Check> checks) {
        int down = 0;
        for (GpuReading gpu : readings.gpus()) {
            if (!gpu.state().answers()) {
                down++;
                checks.add(new Check(
                        "gpus.up",
                        Status.FAIL,
                        host.host(),
                        "GPU " + gpu.index(),
                        "state " + gpu.state().label()));
            }
        }
        if (down == 0) {
            checks.add(new Check(
                    "gpus.up", Status.OK, host.host(), "", readings.gpus().size() + " answer"));
        }
        int expected = readings.gpusExpected();
        int visible = readings.gpusVisible();
        if (expected != Readings.UNKNOWN && visible != Readings.UNKNOWN && visible < expected) {
            checks.add(new Check(
                    "gpus.count", Status.FAIL, host.host(), "", visible + " of " + expected + " expected GPUs"));
        }
    }

    private static void conditions(HostView host, List<Check> checks) {
        for (HealthEvent event : host.conditions()) {
            Status status = event.drill()
                    ? Status.OK
                    : switch (event.severity()) {
                        case Severity.INFO -> Status.OK;
                        case Severity.WARNING -> Status.WARN;
                        case Severity.CRITICAL -> Status.FAIL;
                    };
            checks.add(new Check(
                    "conditions",
                    status,
                    host.host(),
                    event.entity().name(),
                    (event.drill() ? "DRILL " : "") + event.condition().wire() + ": " + event.message()));
        }
    }
}
