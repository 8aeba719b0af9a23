package caretaker.alerts.template;

import java.util.Map;

/** Writes one template with its data. One use, one thread. */
final class Executor {
    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    private final Map<String, Tree> trees;
    private final Run run;
    private final BoundedText out;
    private final Evaluation evaluation;
    private int depth;

    private Executor(Map<String, Tree> trees, Run run, Tree tree) {
        this.trees = trees;
        this.run = run;
        this.out = run.text();
        this.evaluation = new Evaluation(run, tree);
    }

    /** Trees are all that {@code template} can call. */
    static String execute(Map<String, Tree> trees, Tree tree, Object dot, Run run) throws TemplateException {
        var executor = new Executor(trees, run, tree);
        try {
            executor.evaluation.declare("$", dot);
            executor.walk(dot, tree.root());
            return executor.out.toString();
        } catch (GoError e) {
            throw executor.evaluation.failure(e);
        } catch (StackOverflowError e) {
            throw executor.evaluation.failure(GoError.limit("values or templates are nested too deep"));
        }
    }

    private Flow walk(Object dot, Node node) {
        run.spend(1);
        evaluation.at(node);
        switch (node) {
            case Node.Sequence(var _, var nodes) -> {
                for (Node child : nodes) {
                    Flow flow = walk(dot, child);
                    if (flow != Flow.ON) {
                        return flow;
                    }
                }
            }
            case Node.Text text -> out.append(text.text());
            case Node.Action action -> action(dot, action);
            case Node.Branch branch -> {
                return branch(dot, branch);
            }
            case Node.Range range -> {
                return range(dot, range);
            }
            case Node.Call call -> call(dot, call);
            case Node.Break _ -> {
                return Flow.BREAK;
            }
            case Node.Continue _ -> {
                return Flow.CONTINUE;
            }
            default -> throw new GoError("unknown node: " + node);
        }
        return Flow.ON;
    }

    private void action(Object dot, Node.Action action) {
        Object value = evaluation.pipeline(dot, action.pipe());
        if (!action.pipe().variables().isEmpty()) {
            return;
        }
        for (Escaper escaper : action.escapers()) {
            value = escaper.escape(run, value);
        }
        evaluation.at(action);
        if (value == GoNil.NIL) {
            out.append("<no value>");
        } else {
            GoValues.print(out, value);
        }
    }

    private Flow branch(Object dot, Node.Branch branch) {
        int mark = evaluation.mark();
        Object value = evaluation.pipeline(dot, branch.pipe());
        Flow flow = Flow.ON;
        if (GoTypes.truth(value)) {
            flow = walk(branch.keyword().equals("with") ? value : dot, branch.body());
        } else if (branch.orElse() != null) {
            flow = walk(dot, branch.orElse());
        }
        evaluation.forget(mark);
        return flow;
    }

    private Flow range(Object dot, Node.Range range) {
        int mark = evaluation.mark();
        Object value = evaluation.pipeline(dot, range.pipe());
        int inside = evaluation.mark();
        boolean any = false;
        switch (value) {
            case GoNil _ -> {}
            case GoList list -> {
                for (int i = 0; i < list.items().size(); i++) {
                    any = true;
                    if (iteration(range, (long) i, list.get(i), inside) == Flow.BREAK) {
                        break;
                    }
                }
            }
            case GoMap map -> {
                run.spend(map.entries().size());
                for (String key : map.sortedKeys()) {
                    any = true;
                    if (iteration(range, key, map.get(key), inside) == Flow.BREAK) {
                        break;
                    }
                }
            }
            case Long count -> {
                for (long i = 0; i < count; i++) {
                    any = true;
                    if (iteration(range, i, i, inside) == Flow.BREAK) {
                        break;
                    }
                }
            }
            default -> throw new GoError("range can't iterate over " + evaluation.shown(value));
        }
        Flow flow = any || range.orElse() == null ? Flow.ON : walk(dot, range.orElse());
        evaluation.forget(mark);
        return flow;
    }

    private Flow iteration(Node.Range range, Object index, Object item, int mark) {
        var names = range.pipe().variables();
        if (!names.isEmpty()) {
            boolean assigns = range.pipe().assigns();
            evaluation.set(names.getLast(), item, assigns);
            if (names.size() > 1) {
                evaluation.set(names.getFirst(), index, assigns);
            }
        }
        Flow flow = walk(item, range.body());
        evaluation.forget(mark);
        return flow;
    }

    private void call(Object dot, Node.Call call) {
        Tree called = trees.get(call.name());
        if (called == null) {
            throw new GoError("template " + GoQuote.quote(call.name()) + " not defined");
        }
        if (depth >= run.depth()) {
            throw GoError.limit("exceeded maximum template depth (" + run.depth() + ")");
        }
        Object argument = call.pipe() == null ? GoNil.NIL : evaluation.pipeline(dot, call.pipe());
        depth++;
        Evaluation.Frame caller = evaluation.enter(called, argument);
        walk(argument, called.root());
        evaluation.leave(caller);
        depth--;
    }
}
