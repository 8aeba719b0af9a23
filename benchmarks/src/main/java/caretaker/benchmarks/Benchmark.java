package caretaker.benchmarks;

import java.nio.file.Path;
import java.util.List;

/** One measurement. It prints its progress and returns its figures. */
interface Benchmark {
    /** The word on the command line. */
    String name();

    /** What is measured and how, in one sentence. */
    String method();

    /** Runs for at most a few minutes. {@code root} is the checkout. */
    List<Figure> run(Path root) throws Exception;
}
