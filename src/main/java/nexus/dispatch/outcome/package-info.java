/**
 * What does the result of a request mean for its delivery?
 *
 * <p>Takes results; gives outcomes: delivered, tried again at a time, given up. Never writes them. Pure.
 */
@NullMarked
package nexus.dispatch.outcome;

import org.jspecify.annotations.NullMarked;
