using Recorder.Node.Cli;

namespace Recorder.Node.Tests.Cli;

/// <summary>Wrong usage: exit code 2, one sentence on standard error that names what is wrong and the remedy, nothing touched.</summary>
public sealed class UsageSpecs : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rekord", "Unknown command 'rekord': did you mean 'record'? 'recorder --help' lists them.")]
    [InlineData("--bogus", "Unknown option '--bogus': 'recorder --help' lists them.")]
    [InlineData("record", "'recorder record' needs a source: for example recorder record test: ('recorder record --help' lists the forms).")]
    [InlineData("record test: --bogus", "Unknown option '--bogus': 'recorder record --help' lists them; a file of that name is written ./--bogus.")]
    [InlineData("record test: --timeslise 1s", "Unknown option '--timeslise': did you mean '--timeslice'? 'recorder record --help' lists them; a file of that name is written ./--timeslise.")]
    [InlineData("serve --dta d", "Unknown option '--dta': did you mean '--data'? 'recorder serve --help' lists them.")]
    [InlineData("keys", "Say what to do: 'recorder keys --help' lists the commands.")]
    [InlineData("keys ad", "Unknown command 'ad': did you mean 'add'? 'recorder keys --help' lists them.")]
    [InlineData("record test:", "Where to? Say -o FILE to record one source into a file, or --out DIR to record into a folder.")]
    [InlineData("record test: -o a.mp4 --out d", "-o and --out exclude each other: say one of them.")]
    [InlineData("record test: -o", "--output needs a value: 'recorder record --help' says which.")]
    [InlineData("record test: --out --force", "--out needs a value, but '--force' follows: 'recorder record --help' says which.")]
    [InlineData("record test: -o a.mp4 -o b.mp4", "--output is given more than once: say it once.")]
    [InlineData("record test: -o a.mp4 --quiet --verbose", "--quiet and --verbose contradict each other: say one of them.")]
    [InlineData("record test: --out d --force", "--force replaces the file of -o and means nothing with --out, where every recording has its own folder: leave it out.")]
    [InlineData("probe", "'recorder probe' needs a source: for example recorder probe test: ('recorder probe --help' lists the forms).")]
    [InlineData("probe test: clip.mp4", "'clip.mp4' is one word too many: 'recorder probe --help' says what goes where.")]
    [InlineData("probe test: --ca /nowhere/ca.pem", "--ca: The certificates '/nowhere/ca.pem' cannot be read (Could not find a part of the path '/nowhere/ca.pem'): name a PEM file.")]
    [InlineData("probe test: --max-tracks none", "--max-tracks 'none' is no number: write a number, with k, M or G if you like, for example 32.")]
    [InlineData("probe test: --open-timeout 5", "--open-timeout '5' has no unit: write 5s for seconds, or ms, m, h.")]
    public async Task A_command_line_that_makes_no_sense_is_refused(string line, string sentence) =>
        (await Terminal.RefusalOfAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ShouldBe(sentence);

    [Theory]
    [InlineData("--timeslice", "0", "--timeslice '0' is nothing: write more than 0, for example 1s.")]
    [InlineData("--timeslice", "0s", "--timeslice '0s' is nothing: write more than 0, for example 1s.")]
    [InlineData("--timeslice", "-1", "--timeslice '-1' is no duration: write a number and its unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--timeslice", "-1s", "--timeslice '-1s' is no duration: write a number and its unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--timeslice", "soon", "--timeslice 'soon' is no duration: write a number and its unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--timeslice", "1", "--timeslice '1' has no unit: write 1s for seconds, or ms, m, h.")]
    [InlineData("--timeslice", "", "--timeslice '' is no duration: write a number and its unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--duration", "never", "--duration 'never' is no duration: write a number and its unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--duration", "9999999h", "--duration '9999999h' is longer than ten years: write less.")]
    [InlineData("--fragment", "1 s", "--fragment '1 s' is no duration: write a number and its unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--open-timeout", "0s", "--open-timeout '0s' is nothing: write more than 0, for example 1s.")]
    [InlineData("--loss-timeout", "often", "--loss-timeout 'often' is no duration: write a number and its unit, for example 100ms, 1s, 2m or 1h30m.")]
    [InlineData("--key-frame-interval", "50", "--key-frame-interval '50' has no unit: write 50s for seconds, or ms, m, h.")]
    [InlineData("--key-frame-count", "0", "--key-frame-count '0' is no number of frames: write 1 or more, for example 50.")]
    [InlineData("--key-frame-count", "2s", "--key-frame-count '2s' is no number of frames: write 1 or more, for example 50.")]
    [InlineData("--video-bitrate", "fast", "--video-bitrate 'fast' is no bit rate: write a number, with k, M or G if you like, for example 2.5M.")]
    [InlineData("--video-bitrate", "-5", "--video-bitrate '-5' is no bit rate: write a number, with k, M or G if you like, for example 2.5M.")]
    [InlineData("--audio-bitrate", "0", "--audio-bitrate '0' is out of range: write for example 128k.")]
    [InlineData("--bitrate", "2.5Mbit", "--bitrate '2.5Mbit' is no bit rate: write a number, with k, M or G if you like, for example 2.5M.")]
    [InlineData("--bitrate", "1e9", "--bitrate '1e9' is no bit rate: write a number, with k, M or G if you like, for example 2.5M.")]
    [InlineData("--audio-bitrate-mode", "vbr", "--audio-bitrate-mode 'vbr' is not known: write variable or constant.")]
    [InlineData("--signal-loss", "white", "--signal-loss 'white' is not known: write gap or black.")]
    [InlineData("--extent-bytes", "big", "--extent-bytes 'big' is no size: write a number, with k, M or G if you like, for example 500M.")]
    public async Task A_bad_value_is_refused_with_the_option_the_value_and_the_remedy(string option, string value, string sentence) =>
        (await Terminal.RefusalOfAsync("record", "test:", "--out", _folder["takes"], option, value)).ShouldBe(sentence);

    [Fact]
    public async Task Both_key_frame_options_are_refused_24() =>
        (await Terminal.RefusalOfAsync("record", "test:", "--out", _folder.Path, "--key-frame-interval", "2s", "--key-frame-count", "50"))
            .ShouldBe("--key-frame-interval and --key-frame-count exclude each other: say one of them.");

    [Fact]
    public async Task An_unknown_scheme_is_refused_with_the_known_ones()
    {
        var sentence = await Terminal.RefusalOfAsync("record", "ftp://user:secret@host/clip.mp4", "-o", _folder["a.mp4"]);

        sentence.ShouldStartWith("'ftp://***@host/clip.mp4' has the unknown scheme 'ftp': use ");
        sentence.ShouldContain("rtsp:");
        (await Terminal.RefusalOfAsync("probe", "ftp://user:secret@host/clip.mp4")).ShouldNotContain("secret");
    }

    [Fact]
    public async Task Several_sources_do_not_fit_into_one_file() =>
        (await Terminal.RefusalOfAsync("record", "test:", "clip.mp4", "-o", "a.mp4"))
            .ShouldBe("-o 'a.mp4' is one file, but there are 2 sources: say --out DIR to record them into a folder.");

    [Fact]
    public async Task A_file_that_exists_is_refused_and_left_alone()
    {
        var file = _folder.Create("take.mp4");

        (await Terminal.RefusalOfAsync("record", "test:", "-o", file))
            .ShouldBe($"'{file}' exists already: choose another name, or say --force to replace it.");
        (await File.ReadAllTextAsync(file)).ShouldBe("kept");
        Directory.GetFiles(_folder.Path).ShouldBe([file]);
    }

    [Theory]
    [InlineData("take.mp4.index.jsonl")]
    [InlineData("take.mp4.recording.json")]
    public async Task What_would_stand_beside_the_file_is_not_overwritten_either(string sidecar)
    {
        var existing = _folder.Create(sidecar);

        (await Terminal.RefusalOfAsync("record", "test:", "-o", _folder["take.mp4"]))
            .ShouldBe($"'{existing}' exists already: choose another name, or say --force to replace it.");
    }

    [Fact]
    public async Task A_folder_given_as_the_file_is_refused() =>
        (await Terminal.RefusalOfAsync("record", "test:", "-o", _folder.Path, "--force"))
            .ShouldBe($"-o '{_folder.Path}' is a folder: name a file in it, or say --out {_folder.Path} to record into the folder.");

    [Fact]
    public async Task A_file_given_as_the_folder_is_refused()
    {
        var file = _folder.Create("takes");

        (await Terminal.RefusalOfAsync("record", "test:", "--out", file))
            .ShouldBe($"--out '{file}' is a file: name a folder, or say -o {file} to record into one file.");
        (await Terminal.RefusalOfAsync("record", "test:", "--out", $"{file}/deeper/still"))
            .ShouldBe($"--out '{file}/deeper/still': '{file}' is a file; choose another folder.");
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_refused_for_a_file() =>
        (await Terminal.RefusalOfAsync("record", "test:", "-o", _folder["no/take.mp4"]))
            .ShouldBe($"-o '{_folder["no/take.mp4"]}': the folder '{_folder["no"]}' does not exist; make it first.");

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_refused()
    {
        // /proc refuses everybody, root too. Not the command line's fault, so not wrong usage.
        (await FailureOfAsync("record", "test:", "-o", "/proc/take.mp4"))
            .ShouldBe("'/proc/take.mp4' cannot be recorded to: the folder '/proc' takes no files (no file can be made there); choose another or change its permissions.");
        (await FailureOfAsync("record", "test:", "--out", "/proc/takes/today"))
            .ShouldBe("'/proc/takes/today' cannot be recorded to: the folder '/proc' takes no files (no file can be made there); choose another or change its permissions.");

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

        (await Terminal.RefusalOfAsync("record", file, "-o", file, "--force")).ShouldBe($"-o '{file}' is the source itself: choose another name.");
        (await Terminal.RefusalOfAsync("record", file, "-o", _folder["link.mp4"], "--force"))
            .ShouldBe($"-o '{_folder["link.mp4"]}' is the source itself: choose another name.");
    }

    [Theory]
    [InlineData("take.avi")]
    [InlineData("take")]
    [InlineData("mp4")]
    public async Task An_unknown_extension_is_refused(string name) =>
        (await Terminal.RefusalOfAsync("record", "test:", "-o", _folder[name]))
            .ShouldBe($"-o '{_folder[name]}' has no known extension: use .mp4 .m4a .webm .mkv .mka.");

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
            .ShouldBe($"-o '{_folder[name]}' and --mime '{mime}' disagree: name the file {fitting}, or leave --mime out.");

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
            .ShouldBe($"--extent makes several files, but -o '{_folder["take.mp4"]}' is one: say --out DIR instead.");

    [Fact]
    public async Task Nothing_at_all_lists_the_commands()
    {
        var terminal = new Terminal();

        (await CommandLine.RunAsync([], terminal.Console)).ShouldBe(0);

        CommandTree.All.ShouldAllBe(command => terminal.Output.Contains($"  {command.Name} ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_command_is_listed_by_the_name_and_description_that_it_has() =>
        CommandTree.All.ShouldAllBe(command => command.Create(new Terminal().Console).Name == command.Name
            && command.Create(new Terminal().Console).Description == command.Description);

    [Theory]
    [InlineData("--help", "recorder [command] [options]")]
    [InlineData("record --help", "recorder record <SOURCE>... [options]")]
    [InlineData("record --timeslice soon -h", "recorder record <SOURCE>... [options]")]
    [InlineData("probe --help", "recorder probe <SOURCE> [options]")]
    public async Task Help_says_how_gives_the_forms_of_sources_and_examples(string line, string usage)
    {
        var terminal = new Terminal();

        (await CommandLine.RunAsync(line.Split(' '), terminal.Console)).ShouldBe(0);

        terminal.Error.ShouldBe("");
        terminal.Output.Replace("testhost", "recorder", StringComparison.Ordinal).ShouldContain(usage);
        terminal.Output.ShouldContain("rtsp://user:password@host/path");
        terminal.Output.ShouldContain("Examples:");
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        var terminal = new Terminal();

        (await CommandLine.RunAsync(["--version"], terminal.Console)).ShouldBe(0);

        terminal.Output.ShouldMatch(@"^recorder \d+\.\d+\.\d+\n$");
    }
}
