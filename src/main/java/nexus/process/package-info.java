/**
 * What does this process run?
 *
 * <p>Takes the configuration of the whole process, gives its roles, version, clock and random numbers. Never knows
 * what the roles do.
 */
@NullMarked
package nexus.process;

import org.jspecify.annotations.NullMarked;
