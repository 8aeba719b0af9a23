package caretaker.alerts.builtin;

import caretaker.alerts.builtin.Change.Content;
import caretaker.alerts.routing.Alert;
import caretaker.contracts.HealthEvent.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts have fallen silent. Not safe for several threads at once.
 *
 * <p>Silence is judged only while we would hear: the broker must have answered of late, and without a break for as long
 * as a host may be quiet. So neither a start of the router, nor a broker that was away, nor a machine that slept makes
 * all hosts silent; and nothing that fires ends for such a reason.
 */
public final class HostWatch {
    /** The broker is asked each five seconds: three that went missing are a break. */
    static final Duration LONGEST_BREAK = Duration.ofSeconds(15);

    /** Hosts; further ones are not watched, and counted. */
    static final int MAX_HOSTS = 50_000;

    private final BuiltInSettings settings;
    private final Map<String, Host> hosts = new HashMap<>();
    private Instant hearingSince = Instant.MAX;
    private Instant heardBroker = Instant.MIN;
    private long dropped;

    private static final class Host {
        private Instant heard;
        private @Nullable Wanted silent;

        Host(Instant heard) {
            this.heard = heard;
        }
    }

    public HostWatch(BuiltInSettings settings) {
        this.settings = settings;
    }

    /** A sign of life. */
    public void heard(String name, Instant at) {
        Host host = hosts.get(name);
        if (host == null) {
            if (hosts.size() >= MAX_HOSTS) {
                dropped++;
            } else {
                hosts.put(name, new Host(at));
            }
        } else if (at.isAfter(host.heard)) {
            host.heard = at;
            if (host.silent != null && at.isAfter(host.silent.startsAt())) {
                host.silent = null;
            }
        }
    }

    /** Somebody has said that the host is no more. */
    public void gone(String name) {
        hosts.remove(name);
    }

    /** The broker answers, and we have read all that there is. */
    public void hears(Instant now) {
        if (heardBroker.equals(Instant.MIN)
                || now.isBefore(heardBroker)
                || Duration.between(heardBroker, now).compareTo(LONGEST_BREAK) > 0) {
            hearingSince = now;
        }
        heardBroker = now;
    }

    /** Whether a host that is not heard is silent: we have listened for as long as it may be quiet. */
    private boolean isSure(Instant now) {
        return !heardBroker.equals(Instant.MIN)
                && Duration.between(heardBroker, now).compareTo(LONGEST_BREAK) <= 0
                && !now.isBefore(hearingSince.plus(settings.silentAfter()));
    }

    /** Takes over hosts that were silent already, and still are for all we know. */
    public void adopt(Collection<Alert> firing) {
        if (settings.severity(Kind.HOST_SILENT, Kind.HOST_SILENT.severity()).isEmpty()) {
            return;
        }
        for (Alert alert : firing) {
            Subject subject = Subject.of(alert).orElse(null);
            if (subject != null && subject.kind().equals(Kind.HOST_SILENT)) {
                Instant heard = alert.startsAt().minus(settings.silentAfter());
                Host host = hosts.computeIfAbsent(subject.host(), _ -> new Host(heard));
                if (!host.heard.isAfter(alert.startsAt())) {
                    host.silent = Wanted.of(subject, alert);
                }
            }
        }
    }

    /** Judges each host. */
    public void look(Instant now) {
        if (!isSure(now)) {
            return;
        }
        Optional<Severity> severity = settings.severity(Kind.HOST_SILENT, Kind.HOST_SILENT.severity());
        hosts.forEach((name, host) -> {
            Duration quiet = Duration.between(host.heard, now);
            if (severity.isEmpty() || quiet.compareTo(settings.forgetHostsAfter()) >= 0) {
                host.silent = null;
            } else if (host.silent == null
                    && quiet.compareTo(settings.silentAfter().plus(settings.waits(Kind.HOST_SILENT))) >= 0) {
                host.silent = silent(name, host.heard, now, severity.get());
            }
        });
    }

    private Wanted silent(String name, Instant heard, Instant now, Severity severity) {
        var content = new Content(
                severity,
                Map.of(),
                name + ": no readings any more",
                name + " was heard last at " + heard
                        + ". The host, its agent or its way to Kafka is down; what else is wrong there is not known.",
                "See whether the host is up and its agent runs.");
        return Wanted.of(new Subject(Kind.HOST_SILENT, name, "", false), severity, content, now, settings);
    }

    /** What should fire. */
    public List<Wanted> firing() {
        List<Wanted> firing = new ArrayList<>();
        for (Host host : hosts.values()) {
            if (host.silent != null) {
                firing.add(host.silent);
            }
        }
        return firing;
    }

    /** Whether the host was silent for so long that it is no more. */
    public boolean isForgotten(String name, Instant now) {
        Host host = hosts.get(name);
        return host != null
                && isSure(now)
                && Duration.between(host.heard, now).compareTo(settings.forgetHostsAfter()) >= 0;
    }

    /** Whether it cannot be said yet if the host lives: nothing of it may begin or end to fire. */
    public boolean isUndecided(String name, Instant now) {
        Host host = hosts.get(name);
        return host != null
                && !isSure(now)
                && Duration.between(host.heard, now).compareTo(settings.forgetHostsAfter()) >= 0;
    }

    /** Hosts that are known, forgotten ones included. */
    public int size() {
        return hosts.size();
    }

    /** How often there was no room for one more host. */
    public long dropped() {
        return dropped;
    }
}
