using System.CommandLine;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli;

/// <summary><c>recorder completion</c>: scripts by which shells ask this program how a line may go on.</summary>
internal sealed class CompletionCommand(CommandOutput console)
{
    private const string Bash =
        """
        # bash completion of recorder
        _recorder() {
            local word=${COMP_WORDS[COMP_CWORD]} said
            said=$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null) || return
            mapfile -t COMPREPLY < <(compgen -W "$said" -- "$word")
        }
        complete -o default -F _recorder recorder ./recorder
        """;

    private const string Zsh =
        """
        #compdef recorder
        _recorder() {
            local -a said
            said=(${(f)"$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)"})
            compadd -a said || _files
        }
        compdef _recorder recorder
        """;

    private const string Fish =
        """
        # fish completion of recorder
        complete -c recorder -a '(set -l line (commandline -cp); (commandline -opc)[1] "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null)'
        """;

    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish." };

    /// <summary>The command with its options.</summary>
    public Command Create()
    {
        var command = new Command("completion", "Print what makes a shell complete this program's commands.") { _shell };
        command.SetAction((line, _) => PrintAsync(line.GetValue(_shell)!));
        return command;
    }

    private Task<int> PrintAsync(string shell)
    {
        var script = shell switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => null,
        };
        if (script is null)
        {
            return console.RefuseAsync($"'{shell}' is no shell that can be helped: write bash, zsh or fish.");
        }

        console.Line(script);
        return Task.FromResult(ExitCode.Done);
    }
}
