package caretaker.recovery.incident;

import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.recovery.containers.Sighting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What only the host's administrator can do: said with the command, never done. */
final class Escalations {
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9:.-]{0,63}");
    private static final int MOST_NAMES = 20;

    private Escalations() {}

    /** Whether an event asks for something beyond its containers. */
    static boolean isFor(HealthEvent event) {
        return event.state() != HealthEvent.State.CLEARED
                && switch (event.action()) {
                    case RESET_GPU, REBOOT_NODE, CONTACT_SUPPORT -> true;
                    case NONE, RESTART_APP, RESTART_CONTAINER, RECREATE_CONTAINER, RESTART_AGENT -> false;
                };
    }

    static RecoveryEvent of(HealthEvent event, String incident, Iterable<Sighting> containers, Instant now) {
        List<String> users = users(event, containers);
        String who = users.isEmpty() ? "no container is known to use it" : "it is used by " + String.join(", ", users);
        return new RecoveryEvent(
                incident + "/escalated",
                event.host(),
                now,
                Kind.ESCALATED,
                Reason.HOST_ACTION,
                RecoveryEvent.SERVICE,
                event.message() + ". On the host: " + command(event) + " (" + who + ")",
                null,
                new RecoveryEvent.Incident(
                        incident,
                        event.condition().wire(),
                        event.code(),
                        event.severity(),
                        List.of(event.id()),
                        event.drill()),
                null,
                null,
                null,
                null,
                null,
                false);
    }

    private static String command(HealthEvent event) {
        String id = event.entity().id();
        boolean isGpu = event.entity().kind() == HealthEvent.Entity.Kind.GPU
                && DEVICE.matcher(id).matches();
        return event.action() == Action.RESET_GPU
                ? "stop what uses it, then sudo nvidia-smi --gpu-reset" + (isGpu ? " -i " + id : "")
                : event.action() == Action.REBOOT_NODE
                        ? "drain it, then sudo systemctl reboot"
                        : "sudo nvidia-bug-report.sh, and a case with the maker";
    }

    private static List<String> users(HealthEvent event, Iterable<Sighting> containers) {
        List<String> names = new ArrayList<>();
        for (Sighting each : containers) {
            boolean uses = event.entity().kind() == HealthEvent.Entity.Kind.GPU
                    ? each.gpus().contains(event.entity().id()) || each.gpus().contains("all")
                    : !each.gpus().isEmpty();
            if (uses && names.size() < MOST_NAMES) {
                names.add(each.identity().name());
            }
        }
        return names;
    }
}
