/**
 * Does this subscription want this event?
 *
 * <p>Takes a JSON pattern and the values of an event, gives a decision in three-valued logic and the clause that decided.
 * A value that is not in the event makes a clause unknown, and a value of another type makes it false. Pure. Never fails
 * for an event.
 */
@NullMarked
package nexus.filter;

import org.jspecify.annotations.NullMarked;
