using Recorder.Node.Cli;

namespace Recorder.Node.Tests.Cli;

/// <summary>Wrong usage: exit code 2, one line on standard error with the option and the problem, no file changed.</summary>
public sealed class UsageSpecs : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rekord", "Unknown command 'rekord'. Did you mean 'record'? See 'recorder --help'.")]
    [InlineData("--bogus", "Unknown option '--bogus'. See 'recorder --help'.")]
    [InlineData("record", "Missing required argument 'SOURCE'. See 'recorder record --help'.")]
    [InlineData("record test: --bogus", "Unknown option '--bogus'. See 'recorder record --help'.")]
    [InlineData("record test: --timeslise 1s", "Unknown option '--timeslise'. Did you mean '--timeslice'? See 'recorder record --help'.")]
    [InlineData("serve --dta d", "Unknown option '--dta'. Did you mean '--data'? See 'recorder serve --help'.")]
    [InlineData("keys", "Missing command. See 'recorder keys --help'.")]
    [InlineData("keys ad", "Unknown command 'ad'. Did you mean 'add'? See 'recorder keys --help'.")]
    [InlineData("record test:", "Missing required option '-o FILE' or '--out DIR'.")]
    [InlineData("record test: -o a.mp4 --out d", "Options '-o' and '--out' cannot be used together.")]
    [InlineData("record test: -o", "Missing value for option '--output FILE'. See 'recorder record --help'.")]
    [InlineData("record test: --out --force", "Missing value for option '--out DIR'. See 'recorder record --help'.")]
    [InlineData("record test: -o a.mp4 -o b.mp4", "Option '-o' expects a single argument but 2 were provided.")]
    [InlineData("record test: -o a.mp4 --quiet --verbose", "Options '--quiet' and '--verbose' cannot be used together.")]
    [InlineData("record test: --out d --force", "Options '--force' and '--out' cannot be used together: with --out every recording has its own folder.")]
    [InlineData("probe", "Missing required argument 'SOURCE'. See 'recorder probe --help'.")]
    [InlineData("probe test: clip.mp4", "Unexpected argument 'clip.mp4'. See 'recorder probe --help'.")]
    [InlineData("probe test: --ca /nowhere/ca.pem", "--ca: The certificates '/nowhere/ca.pem' cannot be read (Could not find a part of the path '/nowhere/ca.pem'): name a PEM file.")]
    [InlineData("probe test: --max-tracks none", "--max-tracks 'none' is not a number; expected a number that can end in k, M or G, for example 32.")]
    [InlineData("probe test: --open-timeout 5", "--open-timeout '5' has no unit; use 5s for seconds, or one of the units ms, m, h and d.")]
    public async Task Wrong_usage_is_refused_with_one_message(string line, string sentence) =>
        (await Terminal.RefusalOfAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ShouldBe(sentence);

    [Theory]
    [InlineData("--timeslice", "0", "--timeslice '0' is too short; expected more than 0, for example 1s.")]
    [InlineData("--timeslice", "0s", "--timeslice '0s' is too short; expected more than 0, for example 1s.")]
    [InlineData("--timeslice", "-1", "--timeslice '-1' is not a duration; expected a number with a unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--timeslice", "-1s", "--timeslice '-1s' is not a duration; expected a number with a unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--timeslice", "soon", "--timeslice 'soon' is not a duration; expected a number with a unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--timeslice", "1", "--timeslice '1' has no unit; use 1s for seconds, or one of the units ms, m, h and d.")]
    [InlineData("--timeslice", "", "--timeslice '' is not a duration; expected a number with a unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--duration", "never", "--duration 'never' is not a duration; expected a number with a unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--duration", "9999999h", "--duration '9999999h' is too long; the maximum is 3650 days.")]
    [InlineData("--fragment", "1 s", "--fragment '1 s' is not a duration; expected a number with a unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--open-timeout", "0s", "--open-timeout '0s' is too short; expected more than 0, for example 1s.")]
    [InlineData("--loss-timeout", "often", "--loss-timeout 'often' is not a duration; expected a number with a unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--key-frame-interval", "50", "--key-frame-interval '50' has no unit; use 50s for seconds, or one of the units ms, m, h and d.")]
    [InlineData("--key-frame-count", "0", "--key-frame-count '0' is not valid; expected a whole number of at least 1.")]
    [InlineData("--key-frame-count", "2s", "--key-frame-count '2s' is not valid; expected a whole number of at least 1.")]
    [InlineData("--video-bitrate", "fast", "--video-bitrate 'fast' is not a bit rate; expected a number that can end in k, M or G, for example 2.5M.")]
    [InlineData("--video-bitrate", "-5", "--video-bitrate '-5' is not a bit rate; expected a number that can end in k, M or G, for example 2.5M.")]
    [InlineData("--audio-bitrate", "0", "--audio-bitrate '0' is out of range; expected for example 128k.")]
    [InlineData("--bitrate", "2.5Mbit", "--bitrate '2.5Mbit' is not a bit rate; expected a number that can end in k, M or G, for example 2.5M.")]
    [InlineData("--bitrate", "1e9", "--bitrate '1e9' is not a bit rate; expected a number that can end in k, M or G, for example 2.5M.")]
    [InlineData("--audio-bitrate-mode", "vbr", "--audio-bitrate-mode 'vbr' is not valid; expected variable or constant.")]
    [InlineData("--signal-loss", "white", "--signal-loss 'white' is not valid; expected gap or black.")]
    [InlineData("--extent-bytes", "big", "--extent-bytes 'big' is not a size; expected a number that can end in k, M or G, for example 500M.")]
    public async Task A_bad_value_is_refused_with_the_option_the_value_and_what_is_expected(string option, string value, string sentence) =>
        (await Terminal.RefusalOfAsync("record", "test:", "--out", _folder["takes"], option, value)).ShouldBe(sentence);

    [Fact]
    public async Task Both_key_frame_options_are_refused_24() =>
        (await Terminal.RefusalOfAsync("record", "test:", "--out", _folder.Path, "--key-frame-interval", "2s", "--key-frame-count", "50"))
            .ShouldBe("Options '--key-frame-interval' and '--key-frame-count' cannot be used together.");

    [Fact]
    public async Task An_unknown_scheme_is_refused_with_the_known_ones()
    {
        var sentence = await Terminal.RefusalOfAsync("record", "ftp://user:secret@host/clip.mp4", "-o", _folder["a.mp4"]);

        sentence.ShouldStartWith("'ftp://***@host/clip.mp4' has the unknown scheme 'ftp': use ");
        sentence.ShouldContain("rtsp:");
        (await Terminal.RefusalOfAsync("probe", "ftp://user:secret@host/clip.mp4")).ShouldNotContain("secret");
    }

    [Fact]
    public async Task Several_sources_cannot_be_recorded_to_one_file() =>
        (await Terminal.RefusalOfAsync("record", "test:", "clip.mp4", "-o", "a.mp4"))
            .ShouldBe("-o 'a.mp4' can take one source only, not 2; use --out DIR instead.");

    [Fact]
    public async Task A_file_that_exists_is_refused_and_left_alone()
    {
        var file = _folder.Create("take.mp4");

        (await Terminal.RefusalOfAsync("record", "test:", "-o", file))
            .ShouldBe($"'{file}' already exists; choose another file, or use --force to replace it.");
        (await File.ReadAllTextAsync(file)).ShouldBe("kept");
        Directory.GetFiles(_folder.Path).ShouldBe([file]);
    }

    [Theory]
    [InlineData("take.mp4.index.jsonl")]
    [InlineData("take.mp4.recording.json")]
    public async Task An_existing_sidecar_of_the_file_is_not_overwritten(string sidecar)
    {
        var existing = _folder.Create(sidecar);

        (await Terminal.RefusalOfAsync("record", "test:", "-o", _folder["take.mp4"]))
            .ShouldBe($"'{existing}' already exists; choose another file, or use --force to replace it.");
    }

    [Fact]
    public async Task A_folder_given_as_the_file_is_refused() =>
        (await Terminal.RefusalOfAsync("record", "test:", "-o", _folder.Path, "--force"))
            .ShouldBe($"-o '{_folder.Path}' is a folder; use --out to record into a folder.");

    [Fact]
    public async Task A_file_given_as_the_folder_is_refused()
    {
        var file = _folder.Create("takes");

        (await Terminal.RefusalOfAsync("record", "test:", "--out", file))
            .ShouldBe($"--out '{file}' is a file; choose a folder, or use -o to record to one file.");
        (await Terminal.RefusalOfAsync("record", "test:", "--out", $"{file}/deeper/still"))
            .ShouldBe($"--out '{file}/deeper/still': '{file}' is a file; choose another folder.");
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_refused_for_a_file() =>
        (await Terminal.RefusalOfAsync("record", "test:", "-o", _folder["no/take.mp4"]))
            .ShouldBe($"-o '{_folder["no/take.mp4"]}': the folder '{_folder["no"]}' does not exist; create it first.");

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_refused()
    {
        // Nobody can write to /proc, not even root. That is a failure, not wrong usage.
        (await FailureOfAsync("record", "test:", "-o", "/proc/take.mp4"))
            .ShouldBe("Cannot record to '/proc/take.mp4': the folder '/proc' is not writable (files cannot be created there); choose another folder or change its permissions.");
        (await FailureOfAsync("record", "test:", "--out", "/proc/takes/today"))
            .ShouldBe("Cannot record to '/proc/takes/today': the folder '/proc' is not writable (files cannot be created there); choose another folder or change its permissions.");

        static async Task<string> FailureOfAsync(params string[] arguments)
        {
            var terminal = new Terminal();
            (await CommandLine.RunAsync(arguments, terminal.Console)).ShouldBe(1);
            return terminal.Error["recorder: ".Length..].TrimEnd('\n');
        }
    }

    [Fact]
    public async Task A_file_is_not_recorded_onto_itself()
    {
        var file = _folder.Create("clip.mp4");
        File.CreateSymbolicLink(_folder["link.mp4"], file);

        (await Terminal.RefusalOfAsync("record", file, "-o", file, "--force")).ShouldBe($"-o '{file}' is the source itself; choose another file.");
        (await Terminal.RefusalOfAsync("record", file, "-o", _folder["link.mp4"], "--force"))
            .ShouldBe($"-o '{_folder["link.mp4"]}' is the source itself; choose another file.");
    }

    [Theory]
    [InlineData("take.avi")]
    [InlineData("take")]
    [InlineData("mp4")]
    public async Task An_unknown_extension_is_refused(string name) =>
        (await Terminal.RefusalOfAsync("record", "test:", "-o", _folder[name]))
            .ShouldBe($"-o '{_folder[name]}' has no known extension; expected .mp4, .m4a, .webm, .mkv or .mka.");

    [Theory]
    [InlineData("take.mp4", "video/webm", ".webm")]
    [InlineData("take.webm", "video/mp4;codecs=avc1", ".mp4")]
    [InlineData("take.mkv", "video/webm", ".webm")]
    [InlineData("take.webm", "audio/mp4", ".m4a")]
    [InlineData("take.m4a", "video/mp4", ".mp4")]
    [InlineData("take.mka", "video/x-matroska", ".mkv")]
    [InlineData("take.mp4", "audio/webm;codecs=opus", ".webm")]
    public async Task An_extension_that_the_MIME_type_contradicts_is_refused(string name, string mime, string fitting) =>
        (await Terminal.RefusalOfAsync("record", "test:", "-o", _folder[name], "--mime", mime))
            .ShouldBe($"-o '{_folder[name]}' does not match --mime '{mime}'; use the extension {fitting}, or omit --mime.");

    [Theory]
    [InlineData("video/ogg")]
    [InlineData("video/mp4;codecs=\"avc1")]
    [InlineData("video/webm;codecs=vp8,vp9")]
    [InlineData("video/webm;codecs=avc1")]
    [InlineData("audio/mp4;codecs=avc1")]
    [InlineData("video/mp4;codecs=theora")]
    [InlineData("")]
    public async Task A_MIME_type_that_cannot_be_recorded_is_refused(string mime) =>
        (await Terminal.RefusalOfAsync("record", "test:", "--out", _folder["takes"], "--mime", mime)).ShouldStartWith("--mime: ");

    [Fact]
    public async Task Files_of_a_given_length_need_a_folder() =>
        (await Terminal.RefusalOfAsync("record", "test:", "-o", _folder["take.mp4"], "--extent", "1m"))
            .ShouldBe("Options '--extent' and '-o' cannot be used together; use --out DIR instead.");

    [Fact]
    public async Task No_arguments_list_the_commands()
    {
        var terminal = new Terminal();

        (await CommandLine.RunAsync([], terminal.Console)).ShouldBe(0);

        CommandTree.All.ShouldAllBe(command => terminal.Output.Contains($"  {command.Name} ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_command_is_listed_with_its_own_name_and_description() =>
        CommandTree.All.ShouldAllBe(command => command.Create(new Terminal().Console).Name == command.Name
            && command.Create(new Terminal().Console).Description == command.Description);

    [Theory]
    [InlineData("--help", "recorder [command] [options]")]
    [InlineData("record --help", "recorder record <SOURCE>... [options]")]
    [InlineData("record --timeslice soon -h", "recorder record <SOURCE>... [options]")]
    [InlineData("probe --help", "recorder probe <SOURCE> [options]")]
    [InlineData("add --help", "recorder add <ID> [<SOURCE>] [options]")]
    public async Task Help_shows_the_usage_the_forms_of_sources_and_examples(string line, string usage)
    {
        var terminal = new Terminal();

        (await CommandLine.RunAsync(line.Split(' '), terminal.Console)).ShouldBe(0);

        terminal.Error.ShouldBe("");
        terminal.Output.Replace("testhost", "recorder", StringComparison.Ordinal).ShouldContain(usage);
        terminal.Output.ShouldContain("rtsp://user:password@host/path");
        terminal.Output.ShouldContain("Examples:");
    }

    [Fact]
    public async Task Help_of_a_subcommand_ends_like_the_help_of_its_command()
    {
        var terminal = new Terminal();

        (await CommandLine.RunAsync(["keys", "add", "--help"], terminal.Console)).ShouldBe(0);

        terminal.Output.ShouldContain("recorder keys add --data");
        terminal.Output.ShouldNotContain("recorder add hall");
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        var terminal = new Terminal();

        (await CommandLine.RunAsync(["--version"], terminal.Console)).ShouldBe(0);

        terminal.Output.ShouldMatch(@"^recorder \d+\.\d+\.\d+\n$");
    }
}
