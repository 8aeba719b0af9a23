package caretaker.agent.sampling;

import caretaker.agent.nvml.Answer;
import caretaker.agent.nvml.EventSet;
import caretaker.agent.nvml.GpuHandle;
import caretaker.agent.nvml.Nvml;
import caretaker.agent.nvml.NvmlReturn;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches what GPUs report by themselves, on a platform thread of its own that does nothing but wait for the next
 * event. The poll thread makes the set of events and frees it, which it may only do while nobody waits: so each wait is
 * short. An event that happens while there is no set is not told; the kernel's log has the XIDs of that time.
 */
final class GpuEvents implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(GpuEvents.class);
    private static final long ALL_TYPES = 0xFFFF;
    private static final int LOSSES_IN_A_ROW = 3;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** A wait that has lasted for so many, and the first pause, is stuck in the driver. */
    private static final int WAITS = 20;

    private final EventSet set;
    private final CurrentCall call;
    private final DriverEventListener listener;
    private final LongSupplier nanos;
    private final int waitMillis;
    private final Thread thread;

    // Of the poll thread.
    private final Backoff retry = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    private boolean created;
    private boolean told;
    private boolean stuck;

    // Guarded by this.
    private Map<GpuHandle, NvmlGpu> gpus = Map.of();
    private boolean mayWait;
    private boolean waiting;
    private long waitingSinceNanos; // of System.nanoTime: the driver waits by the real clock
    private boolean ended;
    private @Nullable NvmlReturn broken;

    /**
     * @param call of the poll thread
     * @param wait how long at most the poll thread has to wait until it has the set back
     */
    GpuEvents(Nvml nvml, CurrentCall call, DriverEventListener listener, LongSupplier nanos, Duration wait) {
        this.call = call;
        this.listener = listener;
        this.nanos = nanos;
        set = nvml.eventSet();
        waitMillis = (int) wait.toMillis();
        thread = Thread.ofPlatform().name("gpu-events").daemon().unstarted(this::run);
    }

    /** Called at each poll while the driver is open: makes the set, and makes it anew when it broke or GPUs came. */
    void tend(List<NvmlGpu> all) {
        tellIfStuck();
        boolean stale = created && all.stream().anyMatch(GpuEvents::isNew);
        NvmlReturn why;
        synchronized (this) {
            why = broken;
            if (stale) {
                mayWait = false; // the next poll finds the thread outside
            }
            if (waiting || (created && mayWait)) {
                return;
            }
        }
        if (why != null) {
            free();
            refuse(why);
        } else if (stale) {
            free();
        }
        if (!created && retry.isDue(nanos.getAsLong()) && all.stream().anyMatch(GpuEvents::answers)) {
            open(all);
        }
    }

    /** A thread that does not come back tells nothing any more, and cannot say so itself. */
    private void tellIfStuck() {
        boolean isLate;
        boolean goesOn;
        synchronized (this) {
            Duration limit = Duration.ofMillis((long) waitMillis * WAITS).plus(FIRST_PAUSE);
            isLate = waiting && System.nanoTime() - waitingSinceNanos > limit.toNanos();
            goesOn = mayWait;
        }
        if (isLate && !stuck) {
            stuck = true;
            LOGGER.atError().log("the event thread is stuck in the driver");
            listener.unavailable("the driver has not come back from nvmlEventSetWait_v2");
        } else if (!isLate && stuck) {
            stuck = false;
            if (goesOn) {
                listener.available();
            }
        }
    }

    private static boolean answers(NvmlGpu gpu) {
        return !gpu.handle.equals(GpuHandle.NONE);
    }

    private static boolean isNew(NvmlGpu gpu) {
        return answers(gpu) && !gpu.registered;
    }

    private void open(List<NvmlGpu> all) {
        call.begin("nvmlEventSetCreate", CurrentCall.NO_GPU);
        NvmlReturn result = NvmlReturn.of(set.create());
        call.end();
        created = result == NvmlReturn.SUCCESS;
        Map<GpuHandle, NvmlGpu> registered = new HashMap<>();
        for (NvmlGpu gpu : all) {
            if (result != NvmlReturn.SUCCESS || !answers(gpu)) {
                continue;
            }
            call.begin("nvmlDeviceRegisterEvents", gpu.uuid);
            NvmlReturn one = NvmlReturn.of(set.register(gpu.handle, ALL_TYPES));
            long types = one == NvmlReturn.SUCCESS ? set.supportedTypes(gpu.handle) : 0;
            call.end();
            switch (one) {
                case SUCCESS -> {
                    gpu.eventTypes = Answer.orElse(types, 0);
                    registered.put(gpu.handle, gpu);
                }
                case NOT_SUPPORTED, GPU_IS_LOST, NO_PERMISSION, RESET_REQUIRED -> gpu.eventTypes = 0;
                default -> result = one;
            }
            gpu.registered = true;
        }
        if (result != NvmlReturn.SUCCESS || registered.isEmpty()) {
            free();
            refuse(result == NvmlReturn.SUCCESS ? NvmlReturn.NOT_SUPPORTED : result);
            return;
        }
        retry.reset();
        told = false;
        synchronized (this) {
            gpus = Map.copyOf(registered);
            mayWait = true;
            notifyAll();
        }
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
        listener.available();
    }

    private void refuse(NvmlReturn why) {
        retry.failed(nanos.getAsLong());
        if (!told) {
            told = true;
            LOGGER.atWarn().addKeyValue("code", why).log("no events from the driver; it is tried again");
            listener.unavailable("the driver gives no events: " + why);
        }
    }

    private void free() {
        if (created) {
            created = false;
            call.begin("nvmlEventSetFree", CurrentCall.NO_GPU);
            NvmlReturn result = NvmlReturn.of(set.free());
            call.end();
            if (result != NvmlReturn.SUCCESS) {
                LOGGER.atDebug().addKeyValue("code", result).log("nvmlEventSetFree");
            }
        }
        synchronized (this) {
            broken = null;
            mayWait = false;
        }
    }

    /**
     * Gives the set back, before the driver is shut down.
     *
     * @return false if the thread is stuck in the driver, which then must not be shut down
     */
    boolean release() {
        long deadline = System.nanoTime() + 2 * Duration.ofMillis(waitMillis).toNanos() + FIRST_PAUSE.toNanos();
        synchronized (this) {
            mayWait = false;
            for (long left = deadline - System.nanoTime(); waiting && left > 0; left = deadline - System.nanoTime()) {
                try {
                    wait(Math.max(1, left / 1_000_000));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            if (waiting) {
                return false;
            }
        }
        free();
        retry.reset();
        return true;
    }

    /** Ends the thread; the set must be released before. */
    @Override
    public synchronized void close() {
        ended = true;
        notifyAll();
    }

    private void run() {
        int losses = 0;
        while (enter()) {
            NvmlReturn result = NvmlReturn.of(set.await(waitMillis));
            GpuHandle handle = set.gpu();
            long type = set.type();
            long data = set.data();
            losses = result == NvmlReturn.GPU_IS_LOST ? losses + 1 : 0;
            NvmlGpu gpu = leave(result, handle, losses);
            try {
                tell(result, gpu, type, data);
            } catch (RuntimeException e) {
                LOGGER.atError().setCause(e).log("an event of the driver was not taken");
            }
        }
    }

    private synchronized boolean enter() {
        while (!mayWait && !ended) {
            try {
                wait();
            } catch (InterruptedException e) {
                return false;
            }
        }
        waiting = !ended;
        waitingSinceNanos = System.nanoTime();
        return !ended;
    }

    private synchronized @Nullable NvmlGpu leave(NvmlReturn result, GpuHandle handle, int losses) {
        waiting = false;
        boolean normal = result == NvmlReturn.SUCCESS
                || result == NvmlReturn.TIMEOUT
                || (result == NvmlReturn.GPU_IS_LOST && losses < LOSSES_IN_A_ROW);
        if (!normal) {
            broken = result;
            mayWait = false;
        }
        notifyAll();
        return gpus.get(handle);
    }

    private void tell(NvmlReturn result, @Nullable NvmlGpu gpu, long type, long data) {
        if (result == NvmlReturn.GPU_IS_LOST && gpu != null) {
            listener.lost(gpu.uuid, gpu.index);
        }
        if (result == NvmlReturn.SUCCESS) {
            if (gpu != null) {
                gpu.reported(type);
            }
            listener.event(gpu == null ? "" : gpu.uuid, gpu == null ? -1 : gpu.index, type, data);
        }
    }
}
