package caretaker.agent.docker;

import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits with the limit of these tests. */
final class Awaiting {
    private Awaiting() {}

    static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(WatchedHost.LIMIT).until(condition);
    }
}
