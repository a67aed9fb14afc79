/**
 * What are the values inside an event?
 *
 * <p>Takes JSON or the parts of a row change, gives a tree of {@link nexus.value.Value}s: what a filter compares, what an
 * expression computes with, and what is written as JSON again, digit for digit. Pure. Never decides anything.
 */
@NullMarked
package nexus.value;

import org.jspecify.annotations.NullMarked;
