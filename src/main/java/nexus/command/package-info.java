/**
 * What was asked for on the command line, and may it start? The commands, the environment, the checks before a start.
 *
 * <p>Takes arguments and variables, gives a running process or one line that says what is missing. Never shows a
 * secret, and never starts what it could not check.
 */
@NullMarked
package nexus.command;

import org.jspecify.annotations.NullMarked;
