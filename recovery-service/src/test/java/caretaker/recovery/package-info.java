@org.jspecify.annotations.NullMarked
package caretaker.recovery;
