package caretaker.alerts.template;

import java.util.List;

/** A Go struct: its fields in their order. {@code json} holds their names in JSON. */
record GoStruct(Shape shape, List<Object> values) {
    record Shape(String type, List<String> fields, List<String> json) {}

    /** -1 if there is none. */
    int indexOf(String field) {
        return shape.fields().indexOf(field);
    }
}
