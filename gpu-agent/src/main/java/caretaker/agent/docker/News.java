package caretaker.agent.docker;

import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.Inspection;
import java.util.List;
import java.util.Optional;

/** What the watching thread is told. That of an earlier connection does not count. */
sealed interface News {
    /** The stream of events has begun. */
    record Opened(Connection of) implements News {}

    record Heard(Connection of, Translation.Heard heard) implements News {}

    /** The stream of events is over. */
    record Ended(Connection of, String reason) implements News {}

    record Listed(Connection of, List<ContainerState> containers) implements News {}

    /** The answer for one container; none: it is gone. */
    record Inspected(Connection of, String id, Optional<Inspection> answer) implements News {}

    /** The engine did not answer a question. */
    record Failed(Connection of, String id, String reason) implements News {}

    /** The watch should end. */
    record Closed() implements News {}
}
