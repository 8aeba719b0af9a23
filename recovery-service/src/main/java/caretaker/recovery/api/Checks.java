package caretaker.recovery.api;

import caretaker.contracts.RecoveryState;
import caretaker.recovery.containers.Scope.Consent;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Input.Looked;
import caretaker.recovery.playbook.LogPatterns.Meaning;
import caretaker.recovery.playbook.LogPatterns.Verdict;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A diagnosis as a list of checks, each with what was seen, what that means and what helps. */
final class Checks {
    private enum Status {
        OK,
        SKIP,
        WARN,
        FAIL
    }

    private record Check(String id, String title, Status status, String evidence, String cause, String fix) {}

    private static final int MANY_RESTARTS = 3;

    private final Control.Diagnosis diagnosis;
    private final Control.@Nullable Container known;
    private final List<Check> checks = new ArrayList<>();

    /** @param known what else is known of the same container */
    private Checks(Control.Diagnosis diagnosis, Control.@Nullable Container known) {
        this.diagnosis = diagnosis;
        this.known = known;
    }

    /** All of some containers, and how it is with the worst. */
    static JsonObject of(List<Control.Diagnosis> diagnoses, List<Control.Container> known) {
        var worst = Status.OK;
        var containers = new JsonArray();
        for (Control.Diagnosis each : diagnoses) {
            Optional<Control.Container> same = known.stream()
                    .filter(one -> one.identity().key().equals(each.identity().key()))
                    .findFirst();
            var checks = new Checks(each, same.orElse(null));
            checks.make();
            Status status = checks.worst();
            worst = worse(worst, status);
            containers.add(new JsonObject()
                    .put("container", Views.identity(each.identity()))
                    .put("status", Views.word(status))
                    .put("managed", each.consent() instanceof Consent.Given)
                    .put("playbook", each.playbook())
                    .put("checks", checks.json()));
        }
        return Views.document().put("status", Views.word(worst)).put("containers", containers);
    }

    private static Status worse(Status one, Status other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private Status worst() {
        Status worst = checks.stream().map(Check::status).reduce(Status.OK, Checks::worse);
        return worst == Status.SKIP ? Status.OK : worst;
    }

    private JsonArray json() {
        var array = new JsonArray();
        checks.forEach(check -> array.add(new JsonObject()
                .put("id", check.id())
                .put("title", check.title())
                .put("status", Views.word(check.status()))
                .put("evidence", check.evidence())
                .put("cause", check.cause())
                .put("fix", check.fix())));
        return array;
    }

    private void add(String id, String title, Status status, String evidence, String cause, String fix) {
        checks.add(new Check(id, title, status, evidence, cause, fix));
    }

    private void fine(String id, String title, String evidence) {
        add(id, title, Status.OK, evidence, "", "");
    }

    private void skip(String id, String title, String why) {
        add(id, title, Status.SKIP, why, "", "");
    }

    private void make() {
        Looked looked = diagnosis.looked();
        if (looked == null) {
            String fix = "is the Docker engine running, and may the service use its socket?";
            add("engine.answers", "Docker engine", Status.FAIL, diagnosis.why(), "the engine gave no answer", fix);
        } else {
            fine("engine.answers", "Docker engine", "it answers");
            Sighting seen = looked.sighting();
            if (seen == null) {
                String fix = "create it anew, for example with docker compose up -d";
                add("container.state", "Container", Status.FAIL, "there is none", "it was removed", fix);
            } else {
                state(seen);
                health(seen);
                exit(seen);
                restarts(seen);
            }
            probe(looked);
            log(looked);
            needs(looked);
        }
        consent();
        incident();
        allowed();
    }

    private void state(Sighting seen) {
        String evidence = Views.word(seen.state()) + (seen.error().isEmpty() ? "" : ": " + seen.error());
        String title = "Container";
        String id = "container.state";
        String logs = "docker logs --tail 50 " + seen.identity().name();
        switch (seen.state()) {
            case RUNNING -> fine(id, title, "running since " + seen.startedAt());
            case EXITED -> {
                boolean stopped = seen.endedAsIfStopped();
                add(
                        id,
                        title,
                        stopped ? Status.WARN : Status.FAIL,
                        evidence + ", code " + seen.exitCode(),
                        stopped ? "somebody seems to have stopped it" : "its program has ended",
                        stopped ? "docker start " + seen.identity().name() : logs);
            }
            case PAUSED -> {
                String fix = "docker unpause " + seen.identity().name();
                add(id, title, Status.FAIL, evidence, "somebody has paused it", fix);
            }
            case CREATED -> {
                String fix = "docker start " + seen.identity().name();
                add(id, title, Status.FAIL, evidence, "it was created and never started", fix);
            }
            case RESTARTING -> add(id, title, Status.FAIL, evidence, "it ends soon after each start", logs);
            case REMOVING, DEAD -> {
                String fix = "remove it and create it anew";
                add(id, title, Status.FAIL, evidence, "it cannot be started any more", fix);
            }
        }
    }

    private void health(Sighting seen) {
        String id = "container.health";
        String title = "Health check";
        switch (seen.health()) {
            case NONE -> skip(id, title, "it has none");
            case HEALTHY -> fine(id, title, "healthy");
            case STARTING -> add(id, title, Status.WARN, "starting", "it has not said yes yet", "wait");
            case UNHEALTHY -> {
                String fix = "docker inspect -f '{{json .State.Health}}' "
                        + seen.identity().name();
                add(id, title, Status.FAIL, "unhealthy", "its own check says no", fix);
            }
        }
    }

    private void exit(Sighting seen) {
        String id = "container.exit";
        String title = "Last run";
        if (seen.oomKilled()) {
            String fix = "raise its memory limit, or find what it needs it for";
            add(id, title, Status.WARN, "killed for memory", "it reached its memory limit", fix);
        } else if (seen.finishedAt() == null) {
            skip(id, title, "no run has ended");
        } else {
            boolean isOver = seen.state() == Sighting.State.EXITED; // the engine forgets the code with the next run
            fine(id, title, "ended " + seen.finishedAt() + (isOver ? ", code " + seen.exitCode() : ""));
        }
    }

    private void restarts(Sighting seen) {
        String id = "container.restarts";
        String title = "Restarts by the engine";
        String evidence = Integer.toString(seen.restartCount());
        if (seen.restartCount() >= MANY_RESTARTS) {
            String fix = "docker logs --tail 200 " + seen.identity().name();
            add(id, title, Status.WARN, evidence, "its restart policy starts it over and over", fix);
        } else {
            fine(id, title, evidence);
        }
    }

    private void probe(Looked looked) {
        String id = "service.probe";
        String title = "Service";
        switch (looked.probe()) {
            case NONE -> skip(id, title, "the playbook " + diagnosis.playbook() + " has no probe");
            case PASSED -> fine(id, title, "it answers as it should");
            case STARTING -> add(id, title, Status.WARN, "it says that it is still starting", "", "wait");
            case FAILED -> {
                String fix = "read its log; see that its port and its data are there";
                String said = looked.answer().isEmpty() ? "" : "; it answered " + looked.answer();
                add(id, title, Status.FAIL, "its probe failed" + said, "the service does not answer as it should", fix);
            }
        }
    }

    private void log(Looked looked) {
        String title = "Log";
        if (looked.log().isEmpty()) {
            skip("log", title, "it is empty");
        } else if (diagnosis.meanings().isEmpty()) {
            fine(
                    "log",
                    title,
                    "nothing known to be bad in its last " + looked.log().size() + " lines");
        }
        for (Meaning meaning : diagnosis.meanings()) {
            Status status = meaning.verdict() == Verdict.REPORT ? Status.WARN : Status.FAIL;
            String evidence = "a line like: " + meaning.pattern();
            add("log", title, status, evidence, meaning.cause(), meaning.remedy());
        }
    }

    private void needs(Looked looked) {
        String ill = looked.needed().stream()
                .filter(each -> each.isIll() || each.state() != Sighting.State.RUNNING)
                .map(each -> each.key() + " is " + Views.word(each.state()))
                .collect(Collectors.joining(", "));
        if (looked.needed().isEmpty()) {
            skip("container.needs", "What it needs", "nothing");
        } else if (ill.isEmpty()) {
            fine("container.needs", "What it needs", looked.needed().size() + " running");
        } else {
            add(
                    "container.needs",
                    "What it needs",
                    Status.FAIL,
                    ill,
                    "what it needs does not run",
                    "repair that first");
        }
    }

    private void consent() {
        String id = "recovery.consent";
        String title = "May be repaired";
        switch (diagnosis.consent()) {
            case Consent.Given(boolean dryRun)
            when dryRun -> {
                String fix = "remove the label caretaker.recovery.dry-run";
                add(id, title, Status.WARN, "only told what would be done", "its label says so", fix);
            }
            case Consent.Given _ -> fine(id, title, "yes");
            case Consent.Refused(String why) -> skip(id, title, why);
            case Consent.Unclear(String label, String value) -> {
                String evidence = label + " is '" + value + "'";
                add(id, title, Status.WARN, evidence, "the label says neither yes nor no", "set it to true or false");
            }
        }
    }

    private void incident() {
        RecoveryState state = known == null ? null : known.state();
        RecoveryState.Incident incident = state == null ? null : state.incident();
        RecoveryState.Quarantine quarantine = state == null ? null : state.quarantine();
        String id = "recovery.state";
        String title = "Repairs";
        if (quarantine != null) {
            String fix = "mend the cause, then: caretaker recovery release "
                    + diagnosis.identity().name();
            String evidence = "in quarantine since " + quarantine.since();
            add(id, title, Status.FAIL, evidence, quarantine.message(), fix);
        } else if (state != null && incident != null) {
            String evidence = Views.word(state.phase()) + ", " + incident.condition() + " since " + incident.since()
                    + ", playbook " + incident.playbook() + ", step " + (incident.rung() + 1);
            String cause = incident.waitingFor().isEmpty() ? "" : "it waits for " + incident.waitingFor();
            add(id, title, Status.WARN, evidence, cause, "caretaker report " + incident.id());
        } else {
            String attempts = known == null ? "" : ", " + known.attempts() + " of " + known.budget() + " attempts used";
            fine(id, title, "none under way" + attempts);
        }
    }

    private void allowed() {
        String refusal = diagnosis.refusal();
        if (!(diagnosis.consent() instanceof Consent.Given)) {
            skip("recovery.allowed", "Would be repaired now", "it is not managed");
        } else if (refusal == null) {
            fine("recovery.allowed", "Would be repaired now", "yes, by the playbook " + diagnosis.playbook());
        } else {
            add("recovery.allowed", "Would be repaired now", Status.WARN, "no", refusal, "caretaker recovery list");
        }
    }
}
