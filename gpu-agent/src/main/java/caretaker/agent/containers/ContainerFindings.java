package caretaker.agent.containers;

import caretaker.agent.containers.Inspection.Check;
import caretaker.agent.health.Finding;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import java.util.List;
import java.util.Map;

/** Says what is wrong with one container. Evidence never holds its environment or its arguments. */
final class ContainerFindings {
    private static final int MAX_NAME = 256;
    private static final int MAX_OUTPUT = 1024;

    private ContainerFindings() {}

    static void of(Watched watched, boolean hostIsWell, List<Finding> found) {
        if (!watched.isWatched) {
            return;
        }
        if (watched.looping) {
            found.add(restartLoop(watched));
        }
        Watched.End end = watched.end;
        if (end != null && isFailure(watched, end)) {
            found.add(exited(watched, end));
        }
        if (watched.oom != null) {
            found.add(oomKilled(watched));
        }
        if (watched.unhealthy && watched.checkDue == null) {
            found.add(unhealthy(watched));
        }
        if (hostIsWell && watched.state.isAlive() && !watched.state.gpus().isEmpty()) {
            lostGpu(watched, found);
        }
    }

    private static boolean isFailure(Watched watched, Watched.End end) {
        Inspection details = watched.details;
        boolean expected = end.byUser() || end.exitCode() == 0 || (details != null && details.removedAtExit());
        return end.news() && !expected && !watched.looping;
    }

    private static Finding exited(Watched watched, Watched.End end) {
        int code = end.exitCode();
        Map<String, String> evidence = evidence(watched);
        evidence.put("exitCode", Integer.toString(code));
        evidence.put("finishedAt", end.at().toString());
        evidence.put("oomKilled", Boolean.toString(watched.oom != null));
        if (code > 128 && code <= 128 + 64) {
            evidence.put("signal", Integer.toString(code - 128));
        }
        Inspection details = watched.details;
        if (details != null && !details.error().isEmpty()) {
            evidence.put("error", Words.line(details.error(), MAX_OUTPUT));
        }
        return new Finding(
                Condition.CONTAINER_EXITED,
                severity(code),
                code >= 125 && code <= 127 ? Action.NONE : Condition.CONTAINER_EXITED.action(),
                entity(watched),
                Integer.toString(code),
                watched.state.info().name() + " has exited: " + meaning(code),
                evidence);
    }

    /** It cannot be started at all, or has crashed: both want a person. */
    private static Severity severity(int code) {
        return switch (code) {
            case 125, 126, 127, 132, 134, 135, 136, 139 -> Severity.CRITICAL;
            default -> Severity.WARNING;
        };
    }

    private static String meaning(int code) {
        return switch (code) {
            case 125 -> "exit code 125, the engine could not run it";
            case 126 -> "exit code 126, its command cannot be executed";
            case 127 -> "exit code 127, its command is not there";
            case 134 -> "exit code 134, it aborted (SIGABRT)";
            case 137 -> "exit code 137, it was killed (SIGKILL)";
            case 139 -> "exit code 139, it crashed (SIGSEGV)";
            case 143 -> "exit code 143, it was asked to stop (SIGTERM)";
            default -> "exit code " + code + (code > 128 && code <= 192 ? ", signal " + (code - 128) : "");
        };
    }

    private static Finding oomKilled(Watched watched) {
        Map<String, String> evidence = evidence(watched);
        Inspection details = watched.details;
        if (details != null && details.memoryLimit() > 0) {
            evidence.put("memoryLimitBytes", Long.toString(details.memoryLimit()));
        }
        if (watched.end != null) {
            evidence.put("exitCode", Integer.toString(watched.end.exitCode()));
        }
        return new Finding(
                Condition.CONTAINER_OOM_KILLED,
                entity(watched),
                "",
                "the kernel has killed a process of " + watched.state.info().name() + " for want of memory",
                evidence);
    }

    private static Finding unhealthy(Watched watched) {
        Map<String, String> evidence = evidence(watched);
        Inspection details = watched.details;
        Check check = details == null ? null : details.lastCheck();
        if (check != null) {
            evidence.put("failingStreak", Integer.toString(check.failingStreak()));
            evidence.put("checkExitCode", Long.toString(check.exitCode()));
            evidence.put("checkOutput", Words.line(check.output(), MAX_OUTPUT));
        }
        String last = check == null || check.output().isBlank()
                ? ""
                : ": " + Words.line(check.output().strip(), 200);
        return new Finding(
                Condition.CONTAINER_UNHEALTHY,
                entity(watched),
                check == null ? "" : Long.toString(check.exitCode()),
                watched.state.info().name() + " fails its health check" + last,
                evidence);
    }

    private static Finding restartLoop(Watched watched) {
        Map<String, String> evidence = evidence(watched);
        evidence.put("restarts", Integer.toString(watched.restarts.size()));
        Watched.End end = watched.end;
        if (end != null) {
            evidence.put("exitCode", Integer.toString(end.exitCode()));
        }
        return new Finding(
                Condition.CONTAINER_RESTART_LOOP,
                entity(watched),
                end == null ? "" : Integer.toString(end.exitCode()),
                watched.state.info().name() + " is started again and again",
                evidence);
    }

    private static void lostGpu(Watched watched, List<Finding> found) {
        Inspection details = watched.details;
        Check check = details == null ? null : details.lastCheck();
        // A check that failed once and is well again is not asked for anew: only bad health has an end that is told.
        String said = check == null || check.exitCode() == 0 || !watched.unhealthy ? "" : check.output();
        boolean isSaid = LostGpu.isSaidBy(said);
        if (isSaid || watched.gpuDevicesGone) {
            Map<String, String> evidence = evidence(watched);
            evidence.put("gpus", Words.line(String.join(",", watched.state.gpus()), MAX_NAME));
            evidence.put("seenBy", isSaid ? "health check" : "device list of its cgroup");
            if (isSaid) {
                evidence.put("checkOutput", Words.line(said, MAX_OUTPUT));
            }
            found.add(LostGpu.finding(entity(watched), watched.state.info().name(), evidence));
        }
    }

    static HealthEvent.Entity entity(Watched watched) {
        ContainerInfo info = watched.state.info();
        return Finding.container(info.id(), Words.line(info.name(), MAX_NAME));
    }

    private static Map<String, String> evidence(Watched watched) {
        return watched.state.identity();
    }
}
