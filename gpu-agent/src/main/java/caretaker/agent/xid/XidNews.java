package caretaker.agent.xid;

import caretaker.agent.containers.ContainerInfo;
import caretaker.agent.containers.ContainerLookup;
import caretaker.agent.containers.ContainerLookup.Membership;
import caretaker.agent.health.Finding;
import caretaker.agent.health.RecoveryAction;
import caretaker.agent.xid.XidTable.Entry;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which XIDs are news, and what is said of them. Guarded by the watch's lock. */
final class XidNews {
    private static final int RECOVERY_CHANGED = 154;
    private static final int FIRST_LINK_CODE = 144;
    private static final int LAST_LINK_CODE = 150;

    /** What to do, how soon, and who says so. */
    private record Advice(Severity severity, Action action, String by) {}

    private final XidSettings settings;
    private final XidPolicy policy;
    private final HealthEvent.Entity host;
    private final ContainerLookup containers;
    private final XidWatch.Outlet outlet;
    private final XidListener listener;
    private final Repeats repeats;

    XidNews(XidSettings settings, XidWatch.Surroundings surroundings, XidWatch.Later later) {
        this.settings = settings;
        policy = surroundings.policy();
        host = surroundings.host();
        containers = surroundings.containers();
        outlet = surroundings.outlet();
        listener = surroundings.listener();
        repeats = new Repeats(settings.repeats(), later, outlet::occurred, listener);
    }

    /** Counts an XID, and says it unless it follows another one or was there a moment ago. */
    void tell(GpuXids gpu, Occurrence xid) {
        listener.counted(gpu.uuid, gpu.index, xid.code, xid.at.toEpochMilli());
        Entry entry = policy.entry(xid.code);
        if (follows(gpu, xid, entry)) {
            listener.folded(gpu.uuid, xid.code);
            return;
        }
        if (entry.follows() == 0) {
            gpu.mayBeCause(xid);
        }
        Membership membership = membership(xid);
        String owner = owner(xid, membership);
        boolean worse = escalates(gpu, xid, entry, owner);
        Advice advice = advice(gpu, xid, entry, worse, membership);
        Finding finding = finding(gpu, xid, entry, advice, membership);
        KernelMessage.Xid line = xid.line;
        String source = gpu.uuid.isEmpty() && line != null ? line.pci().toString() : gpu.uuid;
        var key = new Repeats.Key(source, xid.code, worse ? "escalated" : "of " + owner);
        if (!repeats.tell(key, finding)) {
            listener.repeated(gpu.uuid, xid.code);
        }
        if (xid.isLoss()) {
            outlet.lost(lost(gpu, finding));
        }
    }

    /** Whether an XID only says that an earlier one has consequences. */
    private boolean follows(GpuXids gpu, Occurrence xid, Entry entry) {
        if (entry.follows() == 0) {
            return false;
        }
        KernelMessage.Xid line = xid.line;
        boolean named = line != null && line.earlier().isPresent();
        return named
                || gpu.cause(xid.atNanos, settings.follows().toNanos(), cause -> isCause(cause, xid, entry.follows()))
                        != null;
    }

    /** An error of one process has no consequences for another; what the log does not tell apart may be the same. */
    private boolean isCause(Occurrence cause, Occurrence xid, int wanted) {
        boolean code = wanted == XidTable.ANY || cause.code == wanted;
        boolean ofProcess = switch (policy.entry(cause.code).scope()) {
            case PROCESS, CONTAINER -> true;
            case NONE, GPU, NODE -> false;
        };
        return code
                && cause.isOfSameGpu(xid.line)
                && (!ofProcess || cause.pid() == 0 || xid.pid() == 0 || cause.pid() == xid.pid());
    }

    private boolean escalates(GpuXids gpu, Occurrence xid, Entry entry, String owner) {
        long within = settings.escalation().toNanos();
        return switch (entry.escalation()) {
            case NEVER -> false;
            case REPEAT -> gpu.cameBefore(xid.code, xid.atNanos, within);
            case CONTAINERS ->
                !owner.isEmpty() && gpu.ownersHit(xid.code, owner, xid.atNanos, within) >= settings.containers();
        };
    }

    private Membership membership(Occurrence xid) {
        return xid.pid() == 0 || xid.old
                ? new Membership.Unknown(xid.pid() == 0 ? "no process is named" : "it was too long ago")
                : containers.of(xid.pid());
    }

    /** Who ran the process: a container, or all processes of that name. */
    private static String owner(Occurrence xid, Membership membership) {
        if (membership instanceof Membership.Inside(ContainerInfo container)) {
            return container.id();
        }
        KernelMessage.Xid line = xid.line;
        return line == null ? "" : line.process();
    }

    /** The operator's word first, then the driver's, then that of the error word, then the table's. */
    private Advice advice(GpuXids gpu, Occurrence xid, Entry entry, boolean worse, Membership membership) {
        Advice advice = new Advice(entry.severity(), entry.action(), "table");
        if (policy.isDecided(xid.code)) {
            advice = new Advice(entry.severity(), entry.action(), "configuration");
        } else {
            KernelMessage.Xid line = xid.line;
            KernelMessage.LinkError error = isLinkCode(xid.code) && line != null ? line.linkError() : null;
            if (error != null) {
                LinkErrors.Advice asks = policy.links().advice(xid.code, error);
                advice = new Advice(severity(asks), asks.action(), "error word");
            } else if (worse) {
                advice = new Advice(Severity.CRITICAL, entry.escalated(), "escalation");
            }
            if (xid.code == RECOVERY_CHANGED
                    && line != null
                    && line.recoveryAction().isPresent()) {
                gpu.recoveryAction = line.recoveryAction().getAsLong();
                advice = new Advice(Severity.INFO, Action.NONE, "driver");
            }
            Action asked = RecoveryAction.advice(gpu.recoveryAction);
            if (asked != Action.NONE) {
                advice =
                        new Advice(asked == Action.RESTART_APP ? Severity.WARNING : Severity.CRITICAL, asked, "driver");
            }
        }
        boolean noContainer = !(membership instanceof Membership.Inside);
        return advice.action() == Action.RESTART_CONTAINER && noContainer
                ? new Advice(advice.severity(), Action.RESTART_APP, advice.by())
                : advice;
    }

    private static boolean isLinkCode(int code) {
        return code >= FIRST_LINK_CODE && code <= LAST_LINK_CODE;
    }

    private static Severity severity(LinkErrors.Advice advice) {
        return switch (advice) {
            case NONE -> Severity.INFO;
            case READ_RECOVERY_ACTION -> Severity.WARNING;
            case RESET_GPU -> Severity.CRITICAL;
        };
    }

    private Finding finding(GpuXids gpu, Occurrence xid, Entry entry, Advice advice, Membership membership) {
        Map<String, String> evidence = new LinkedHashMap<>();
        evidence.put("source", xid.sources());
        evidence.put("name", entry.name());
        evidence.put("class", entry.kind());
        evidence.put("fatal", entry.fatal());
        evidence.put("adviceBy", advice.by());
        if (!entry.note().isEmpty()) {
            evidence.put("note", entry.note());
        }
        if (gpu.recoveryAction != 0) {
            evidence.put("recoveryAction", RecoveryAction.word(gpu.recoveryAction));
        }
        if (xid.old) {
            evidence.put("loggedAt", xid.at.toString());
        }
        var who = new StringBuilder();
        KernelMessage.Xid line = xid.line;
        if (line != null) {
            describe(line, xid.code, evidence, who);
        }
        describe(membership, evidence, who);
        String where = gpu.uuid.isEmpty() ? (line == null ? "a GPU" : line.pci().toString()) : "GPU " + gpu.index;
        return new Finding(
                Condition.GPU_XID,
                advice.severity(),
                advice.action(),
                gpu.uuid.isEmpty() ? host : Finding.gpu(gpu.uuid, gpu.index),
                Integer.toString(xid.code),
                "XID " + xid.code + " on " + where + ": " + entry.name() + who,
                evidence);
    }

    private static void describe(KernelMessage.Xid line, int code, Map<String, String> evidence, StringBuilder who) {
        evidence.put("line", line.raw());
        evidence.put("pci", line.pci().toString());
        if (!line.instance().isEmpty()) {
            evidence.put("migInstance", line.instance());
        }
        if (line.pid() > 0) {
            evidence.put("pid", Integer.toString(line.pid()));
            who.append("; process ").append(line.process().isEmpty() ? line.pid() : line.process());
        }
        if (!line.process().isEmpty()) {
            evidence.put("process", line.process());
        }
        KernelMessage.LinkError error = isLinkCode(code) ? line.linkError() : null;
        if (error != null) {
            evidence.put("unit", error.unit());
            evidence.put("link", Integer.toString(error.link()));
            evidence.put("errorWord", "0x%08x".formatted(error.error() & 0xFFFF_FFFFL));
            who.append("; ").append(error.unit()).append(" of link ").append(error.link());
        }
    }

    private static void describe(Membership membership, Map<String, String> evidence, StringBuilder who) {
        switch (membership) {
            case Membership.Inside(ContainerInfo container) -> {
                String name = container.name().isEmpty() ? container.id() : container.name();
                evidence.put("containerId", container.id());
                evidence.put("container", name);
                put(evidence, "image", container.image());
                put(evidence, "composeProject", container.composeProject());
                put(evidence, "composeService", container.composeService());
                who.append(" in container ").append(name);
            }
            case Membership.OnHost() -> evidence.put("container", "none: the process runs on the host");
            case Membership.Unknown(String reason) -> evidence.put("containerUnknown", reason);
        }
    }

    private static void put(Map<String, String> evidence, String key, String value) {
        if (!value.isEmpty()) {
            evidence.put(key, value);
        }
    }

    private static Finding lost(GpuXids gpu, Finding xid) {
        return new Finding(
                Condition.GPU_LOST,
                xid.entity(),
                "79",
                (gpu.uuid.isEmpty() ? "a GPU" : "GPU " + gpu.index) + " has fallen off the bus, says the driver",
                xid.evidence());
    }

    /** Says a switch's error. It is about the host: GPUs of all of it talk through the switch. */
    void tell(KernelMessage.SwitchXid of) {
        listener.switchCounted(of.device(), of.code(), of.fatal());
        var finding = new Finding(
                Condition.GPU_SXID,
                of.fatal() ? Severity.CRITICAL : Severity.INFO,
                of.fatal() ? Action.REBOOT_NODE : Action.NONE,
                host,
                Integer.toString(of.code()),
                "SXID " + of.code() + " on " + of.device() + (of.fatal() ? ", fatal: " : ": ") + of.text(),
                Map.of("source", "kernel-log", "switch", of.device(), "line", of.raw()));
        repeats.tell(new Repeats.Key(of.device(), of.code(), ""), finding);
    }
}
