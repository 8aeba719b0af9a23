@NullMarked
package caretaker.alerts.news;

import org.jspecify.annotations.NullMarked;
