package caretaker.alerts.template;

import java.util.List;

/** A function or a method as Go declares it. */
record GoFunction(String name, List<Parameter> parameters, boolean variadic, Body body) {
    /** The type of one parameter; {@code VALUE} takes everything, as {@code ANY} does, but is called otherwise. */
    enum Parameter {
        ANY("interface {}"),
        VALUE("reflect.Value"),
        BOOL("bool"),
        STRING("string"),
        INT("int"),
        INT64("int64"),
        DURATION("time.Duration"),
        TIME("time.Time"),
        LOCATION("*time.Location"),
        STRINGS("[]string"),
        ANYTHINGS("[]interface {}");

        private final String goName;

        Parameter(String goName) {
            this.goName = goName;
        }

        String goName() {
            return goName;
        }

        boolean takes(Object value) {
            return this == ANY || this == VALUE || GoTypes.name(value).equals(goName);
        }

        boolean takesNil() {
            return this == ANY || this == VALUE || this == STRINGS || this == ANYTHINGS || this == LOCATION;
        }

        /** The nil of the type. */
        Object nil() {
            return this == STRINGS || this == ANYTHINGS ? new GoList(goName, List.of()) : GoNil.NIL;
        }
    }

    /** What a call does. Arguments fit the parameters. Throws {@link GoError} for what Go returns as an error. */
    interface Body {
        Object call(Run run, Object[] arguments);
    }

    static GoFunction of(String name, Body body, Parameter... parameters) {
        return new GoFunction(name, List.of(parameters), false, body);
    }

    /** Its last parameter repeats, zero times or more. */
    static GoFunction variadic(String name, Body body, Parameter... parameters) {
        return new GoFunction(name, List.of(parameters), true, body);
    }

    int fixed() {
        return variadic ? parameters.size() - 1 : parameters.size();
    }

    /** The type of the argument at this place. */
    Parameter parameter(int index) {
        return parameters.get(Math.min(index, parameters.size() - 1));
    }
}
