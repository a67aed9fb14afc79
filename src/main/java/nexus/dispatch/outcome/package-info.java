/**
 * What does the result of a request mean for its delivery?
 *
 * <p>Takes results; gives outcomes: delivered, retried at a time, or dead. Never stores them. Pure.
 */
@NullMarked
package nexus.dispatch.outcome;

import org.jspecify.annotations.NullMarked;
