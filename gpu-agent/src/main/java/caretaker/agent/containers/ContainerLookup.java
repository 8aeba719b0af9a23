package caretaker.agent.containers;

/** Which container a process is in, by its cgroup. Safe for any thread; never waits for the engine. */
public interface ContainerLookup {
    /** For a host where nobody watches containers. */
    ContainerLookup NONE = _ -> new Membership.Unknown("containers are not watched");

    /** Where a process runs, as far as it is known at this moment. */
    Membership of(int pid);

    /** What is known of a process's container. */
    sealed interface Membership {
        /** In this container; its name and image are empty until the engine has told them. */
        record Inside(ContainerInfo container) implements Membership {}

        /** Started on the host itself. */
        record OnHost() implements Membership {}

        /** Cannot be told: the process has ended, or its cgroup cannot be read. */
        record Unknown(String reason) implements Membership {}
    }
}
