package caretaker.agent.containers;

import java.util.List;
import java.util.function.Consumer;

/** The containers of this host as they are known at this moment. Safe for any thread; never waits for the engine. */
public interface Containers extends ContainerLookup {
    /** For a host where nobody watches containers. */
    Containers NONE = new Containers() {
        @Override
        public Membership of(int pid) {
            return ContainerLookup.NONE.of(pid);
        }

        @Override
        public Snapshot snapshot() {
            return new Snapshot(false, List.of());
        }

        @Override
        public void onChange(Consumer<Snapshot> listener) {}
    };

    /** All containers, in the order of their names. */
    Snapshot snapshot();

    /**
     * Is told each time something of a snapshot has changed, with the newest; several changes may come as one. Runs on
     * the thread that watches the engine: must not wait.
     */
    void onChange(Consumer<Snapshot> listener);

    /**
     * What is known.
     *
     * @param known false until the engine has been asked once, and while it does not answer; the containers are then
     *     those known before
     */
    record Snapshot(boolean known, List<ContainerState> containers) {
        public Snapshot {
            containers = List.copyOf(containers);
        }
    }
}
