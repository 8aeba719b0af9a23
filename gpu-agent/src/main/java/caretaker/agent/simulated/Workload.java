package caretaker.agent.simulated;

/** The jobs that a set of GPUs works on, one after another: wait, load, warm up, train, write checkpoints, end. */
final class Workload {
    enum Phase {
        IDLE,
        LOADING,
        WARMING_UP,
        TRAINING,
        CHECKPOINTING
    }

    private final Noise noise;
    private Phase phase = Phase.IDLE;
    private double remainingSeconds;
    private double phaseSeconds = 1;
    private int checkpoints;
    private double memoryShare;

    Workload(Noise noise) {
        this.noise = noise;
        if (noise.unit() < 0.8) {
            begin(Phase.TRAINING, 20, 120);
            checkpoints = 2;
            memoryShare = noise.between(0.55, 0.92);
        } else {
            begin(Phase.IDLE, 5, 60);
        }
    }

    void advance(double seconds) {
        remainingSeconds -= seconds;
        while (remainingSeconds <= 0) {
            double late = remainingSeconds;
            next();
            remainingSeconds += late;
        }
    }

    private void next() {
        switch (phase) {
            case IDLE -> {
                memoryShare = noise.between(0.55, 0.92);
                checkpoints = 2 + (int) (noise.unit() * 6);
                begin(Phase.LOADING, 8, 25);
            }
            case LOADING -> begin(Phase.WARMING_UP, 10, 20);
            case WARMING_UP, CHECKPOINTING -> begin(Phase.TRAINING, 45, 150);
            case TRAINING -> {
                if (checkpoints-- > 0) {
                    begin(Phase.CHECKPOINTING, 4, 9);
                } else {
                    begin(Phase.IDLE, 15, 90);
                }
            }
        }
    }

    private void begin(Phase next, double low, double high) {
        phase = next;
        phaseSeconds = noise.between(low, high);
        remainingSeconds = phaseSeconds;
    }

    Phase phase() {
        return phase;
    }

    /** How far the phase has come, 0 to 1. */
    double progress() {
        return 1 - remainingSeconds / phaseSeconds;
    }

    /** The utilization that the GPUs move towards, 0 to 1. */
    double utilization() {
        return switch (phase) {
            case IDLE -> 0;
            case LOADING -> 0.04;
            case WARMING_UP -> 0.35 + 0.55 * progress();
            case TRAINING -> 0.985;
            case CHECKPOINTING -> 0.08;
        };
    }

    /** Share of the memory in use: loading takes it in eight steps, an end gives it back at once. */
    double memory() {
        return switch (phase) {
            case IDLE -> 0;
            case LOADING -> memoryShare * 0.5 * Math.ceil(progress() * 8) / 8;
            case WARMING_UP -> memoryShare * (progress() < 0.4 ? 0.75 : 1);
            case TRAINING, CHECKPOINTING -> memoryShare;
        };
    }

    /** Bytes per second from host to GPU. */
    double received() {
        return switch (phase) {
            case IDLE -> 2e3;
            case LOADING -> 6.5e9;
            case WARMING_UP, TRAINING -> 1.8e8;
            case CHECKPOINTING -> 2e6;
        };
    }

    /** Bytes per second from GPU to host. */
    double transmitted() {
        return switch (phase) {
            case IDLE -> 1e3;
            case LOADING -> 3e6;
            case WARMING_UP, TRAINING -> 4e7;
            case CHECKPOINTING -> 8.2e9;
        };
    }
}
