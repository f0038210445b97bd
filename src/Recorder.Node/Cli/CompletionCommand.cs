using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli;

internal sealed class CompletionCommand(CommandOutput console)
{
    public const string Description = "Print the completion script of a shell.";

    private const string Bash =
        """
        # bash completion of recorder
        _recorder() {
            local word=${COMP_WORDS[COMP_CWORD]} words
            words=$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null) || return
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
        }
        complete -o default -F _recorder recorder ./recorder
        """;

    private const string Zsh =
        """
        #compdef recorder
        _recorder() {
            local -a completions
            completions=(${(f)"$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)"})
            compadd -a completions || _files
        }
        compdef _recorder recorder
        """;

    private const string Fish =
        """
        # fish completion of recorder
        complete -c recorder -a '(set -l line (commandline -cp); (commandline -opc)[1] "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null)'
        """;

    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish." };

    public Command Create()
    {
        var command = new Command("completion", Description) { _shell };
        command.SetAction(line => Print(line.GetValue(_shell)!));
        return command;
    }

    private int Print(string shell)
    {
        console.Line(shell switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => throw new UsageException($"Unknown shell '{shell}'; expected bash, zsh or fish."),
        });
        return ExitCode.Done;
    }
}
