package caretaker.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that asks and prints what it is told. With {@code --json} a failure is a document too. */
abstract class Asking implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "One JSON document; its fields are described in docs/cli.md.")
    private boolean json;

    @Override
    public final Integer call() {
        try {
            return ask();
        } catch (CommandFailure e) {
            if (json) {
                print(Json.failure(e));
            }
            throw e;
        }
    }

    /** Returns the exit code. */
    abstract int ask();

    final boolean isJson() {
        return json;
    }

    /** Prints a document as it is, or as people read it. */
    final void show(ObjectNode document, List<String> lines) {
        if (json) {
            print(Json.line(document));
        } else {
            lines.forEach(this::print);
        }
    }

    final void print(String line) {
        if (spec == null) {
            throw new IllegalStateException("used without picocli");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
