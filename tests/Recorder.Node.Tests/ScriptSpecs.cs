using System.Diagnostics;
using System.Runtime.Versioning;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests;

/// <summary>
/// The script <c>./recorder</c> in a temporary tree, with a fake dotnet, ldconfig and apt-get that log their arguments.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class ScriptSpecs : IDisposable
{
    private const string Libraries =
        "libavformat.so.59 (x) libavcodec.so.59 (x) libavutil.so.57 (x) libavdevice.so.59 (x) libswscale.so.6 (x) libswresample.so.4 (x)";

    private readonly Folder _folder = new();

    public ScriptSpecs()
    {
        Directory.CreateDirectory(_folder["tree/src/Recorder.Node/obj"]);
        Directory.CreateDirectory(_folder["tree/eng/lib"]);
        Directory.CreateDirectory(_folder["bin"]);
        File.Copy(InRepository("recorder"), _folder["tree/recorder"]);
        File.Copy(InRepository("eng/lib/common.sh"), _folder["tree/eng/lib/common.sh"]);
        File.WriteAllText(_folder["tree/src/Recorder.Node/Program.cs"], "return 0;");
        foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets", "global.json", "BannedSymbols.txt"])
            File.WriteAllText(_folder["tree/" + name], "");

        Tool("ldconfig", $"echo '{Libraries}'");
        Tool(
            "dotnet",
            """
            if [[ $1 == --version ]]; then echo 10.0.401; exit; fi
            echo "dotnet $*" >>"$LOG"
            if [[ $1 == build ]]; then
                for ((i = 1; i <= $#; i++)); do [[ ${!i} == --artifacts-path ]] && { at=$((i + 1)); out=${!at}; }; done
                [[ -z ${BREAK:-} ]] || { echo "Program.cs(1,1): error CS0001: broken"; exit 1; }
                mkdir -p "$out/bin/Recorder.Node/release" && touch "$out/bin/Recorder.Node/release/recorder.dll"
            elif [[ $1 == msbuild ]]; then
                [[ -z ${BREAK_AHEAD:-} ]] || { echo "error NU1101: Unable to find package"; exit 1; }
                for a in "$@"; do [[ $a != -p:To=* ]] || { mkdir -p "${a#-p:To=}" && echo ahead >"${a#-p:To=}/recorder.dll"; }; done
            fi
            """);
        Tool("apt-get", """echo "apt-get $*" >>"$LOG" """);
    }

    private string Log => File.Exists(_folder["log"]) ? File.ReadAllText(_folder["log"]) : "";

    private string BuiltProgram => Directory.GetFiles(_folder["tree/.recorder/run"], "recorder.dll", SearchOption.AllDirectories).Single();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_builds_once_and_runs_with_the_arguments_as_they_are()
    {
        (await RunAsync("record", "my clip.mp4", "--out", "a  b")).Code.ShouldBe(0);

        Builds().ShouldBe(1);
        Log.ShouldEndWith($"dotnet {BuiltProgram} record my clip.mp4 --out a  b\n");

        (await RunAsync("--version")).Error.ShouldBe("");
        Builds().ShouldBe(1);
    }

    [Fact]
    public async Task It_builds_again_when_a_source_was_changed_added_or_removed_and_not_for_what_builds_leave()
    {
        await RunAsync("--version");

        await File.WriteAllTextAsync(_folder["tree/src/Recorder.Node/obj/project.assets.json"], "{}");
        await RunAsync("--version");
        Builds().ShouldBe(1);

        await File.AppendAllTextAsync(_folder["tree/src/Recorder.Node/Program.cs"], "// more");
        await RunAsync("--version");
        Builds().ShouldBe(2);

        await File.WriteAllTextAsync(_folder["tree/src/Recorder.Node/Another.cs"], "");
        await RunAsync("--version");
        Builds().ShouldBe(3);

        File.Move(_folder["tree/src/Recorder.Node/Another.cs"], _folder["tree/src/Recorder.Node/Other.cs"]);
        await RunAsync("--version");
        Builds().ShouldBe(4);

        // The sources are again as they were for an earlier build.
        File.Move(_folder["tree/src/Recorder.Node/Other.cs"], _folder["tree/src/Recorder.Node/Another.cs"]);
        await RunAsync("--version");
        Builds().ShouldBe(4);
    }

    [Fact]
    public async Task A_build_leaves_alone_what_an_earlier_one_made_because_it_may_be_recording()
    {
        await RunAsync("--version");
        var running = BuiltProgram;
        var written = File.GetLastWriteTimeUtc(running);

        await File.AppendAllTextAsync(_folder["tree/src/Recorder.Node/Program.cs"], "// more");
        await RunAsync("--version");

        Builds().ShouldBe(2);
        File.GetLastWriteTimeUtc(running).ShouldBe(written);
        Directory.GetDirectories(_folder["tree/.recorder/run"]).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Several_that_start_at_once_build_once()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync("--version")));

        runs.ShouldAllBe(run => run.Code == 0);
        Builds().ShouldBe(1);
    }

    [Fact]
    public async Task What_is_compiled_ahead_takes_the_place_of_the_IL()
    {
        await RunAsync("--version");

        (await File.ReadAllTextAsync(BuiltProgram)).ShouldBe("ahead\n");
    }

    [Fact]
    public async Task Where_nothing_can_be_compiled_ahead_the_IL_runs_and_no_error_is_shown()
    {
        var run = await RunAsync(_folder["tree/recorder"], ["--version"], ("BREAK_AHEAD", "1"));

        run.Code.ShouldBe(0);
        run.Error.ShouldBe("recorder: building, once; this takes about half a minute\n");
        (await File.ReadAllTextAsync(BuiltProgram)).ShouldBe("");
    }

    [Fact]
    public async Task It_works_through_a_symbolic_link_from_any_folder_and_stays_in_it()
    {
        File.CreateSymbolicLink(_folder["bin/rec"], _folder["tree/recorder"]);
        Tool("dotnet", """[[ $1 == --version ]] && echo 10.0.401; [[ $1 == *.dll ]] && pwd >>"$LOG"; mkdir -p "$TREE/.recorder/bin/Recorder.Node/release"; touch "$TREE/.recorder/bin/Recorder.Node/release/recorder.dll" """);

        (await RunAsync(_folder["bin/rec"], ["--version"])).Code.ShouldBe(0);

        Log.ShouldBe(_folder.Path + "\n");
    }

    [Fact]
    public async Task A_build_that_fails_shows_its_errors_and_is_tried_again()
    {
        var run = await RunAsync(_folder["tree/recorder"], ["--version"], ("BREAK", "1"));

        run.Code.ShouldBe(1);
        run.Error.ShouldContain("error CS0001: broken");
        run.Error.ShouldContain("recorder: the build failed");
        (await RunAsync("--version")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Without_the_SDK_it_says_so()
    {
        Directory.CreateDirectory(_folder["bare"]);
        foreach (var tool in (string[])["bash", "dirname", "readlink"])
            File.CreateSymbolicLink(_folder["bare/" + tool], "/usr/bin/" + tool);

        var run = await RunAsync(_folder["tree/recorder"], ["--version"], ("PATH", _folder["bare"]));

        run.Code.ShouldBe(1);
        run.Error.ShouldBe(
            "recorder: the .NET SDK 10 is not installed (no 'dotnet' on the PATH); see https://dotnet.microsoft.com/download/dotnet/10.0\n");
    }

    [Fact]
    public async Task With_another_SDK_it_says_which()
    {
        Tool("dotnet", "echo 8.0.100");

        var run = await RunAsync("--version");

        run.Code.ShouldBe(1);
        run.Error.ShouldContain("recorder: this needs the .NET SDK 10; 'dotnet --version' says 8.0.100\n");
    }

    [Fact]
    public async Task What_is_missing_is_installed_as_root_and_named_otherwise()
    {
        Tool("ldconfig", "echo 'libavformat.so.59 (x) libavcodec.so.59 (x) libavutil.so.57 (x) libswresample.so.4 (x)'");

        var run = await RunAsync("--version");

        if (Environment.UserName == "root")
        {
            run.Code.ShouldBe(0);
            run.Error.ShouldStartWith("recorder: installing libavdevice59 libswscale6\n");
            Log.ShouldStartWith("apt-get -qq update\napt-get -qq -o DPkg::Lock::Timeout=300 install --no-install-recommends -y libavdevice59 libswscale6\n");
            run = await AsNobodyAsync();
        }

        run.Code.ShouldBe(1);
        run.Error.ShouldEndWith("recorder: packages are missing; install them with:\nsudo apt-get install --no-install-recommends -y libavdevice59 libswscale6\n");
        run.Output.ShouldBe("");
    }

    private static string InRepository(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Recorder.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new FileNotFoundException("Not in the repository.");

        return Path.Combine(folder, name);
    }

    private int Builds() => Log.Split('\n').Count(line => line.StartsWith("dotnet build", StringComparison.Ordinal));

    private void Tool(string name, string script)
    {
        File.WriteAllText(_folder["bin/" + name], "#!/bin/bash\n" + script + "\n");
        File.SetUnixFileMode(_folder["bin/" + name], (UnixFileMode)0b111_101_101);
    }

    private Task<Run> RunAsync(params string[] arguments) => RunAsync(_folder["tree/recorder"], arguments);

    private Task<Run> AsNobodyAsync()
    {
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        return RunAsync("/usr/bin/setpriv", ["--reuid", "65534", "--clear-groups", _folder["tree/recorder"], "--version"]);
    }

    private async Task<Run> RunAsync(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        info.Environment["PATH"] = _folder["bin"] + ":" + Environment.GetEnvironmentVariable("PATH");
        info.Environment["LOG"] = _folder["log"];
        info.Environment["TREE"] = _folder["tree"];
        foreach (var (name, value) in environment)
            info.Environment[name] = value;

        using var process = Process.Start(info)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new Run(process.ExitCode, await output, await error);
    }

    private sealed record Run(int Code, string Output, string Error);
}
