using Recorder.Node.Configuration;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests.Configuration;

public sealed class SettingReaderSpecs : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Flags_go_before_the_environment_and_that_before_the_file_lists_as_a_whole()
    {
        var file = Written("""{ "data": "/from/file", "node": "file", "listen": "127.0.0.1:1", "sourceFolders": ["/a", "/b"], "bodyLimit": "2M", "connectionLimit": 7 }""");
        var options = SettingReader.Read(
            file,
            new Dictionary<string, string> { ["RECORDER_NODE"] = "environment", ["RECORDER_LISTEN"] = "127.0.0.1:2", ["PATH"] = "/bin" },
            new Dictionary<string, IReadOnlyList<string>> { ["node"] = ["flag"], ["sourceFolders"] = ["/c"] },
            out var problem);
        problem.ShouldBe("");
        options!.DataFolder.ShouldBe("/from/file");
        options.Node.ShouldBe("flag");
        options.Listen.Port.ShouldBe(2);
        options.Sources.Folders.ShouldBe(["/c"]);
        options.BodyLimit.ShouldBe(2_000_000);
        options.ConnectionLimit.ShouldBe(7);
    }

    [Fact]
    public void A_misspelled_key_stops_the_start_with_its_name_and_the_nearest()
    {
        Problem("""{ "sourceNetwork": ["private"] }""").ShouldMatch("^Unknown key 'sourceNetwork' in '.*': did you mean 'sourceNetworks'\\?$");
        Problem("""{ "Listen": "127.0.0.1:1" }""").ShouldMatch("^Unknown key 'Listen' in '.*': did you mean 'listen'\\?$");
        Problem("""{ "colour": "red" }""").ShouldMatch("^Unknown key 'colour' in '.*'; docs/reference/configuration.md lists them.");
        Problem("{}", ("RECORDER_LISTN", "127.0.0.1:1")).ShouldBe("Unknown environment variable 'RECORDER_LISTN': did you mean 'RECORDER_LISTEN'?");
    }

    [Theory]
    [InlineData("""{ "data": "d", "listen": "everywhere" }""", "listen 'everywhere' is not an address")]
    [InlineData("""{ "data": "d", "listen": ["a", "b"] }""", "listen must be one value")]
    [InlineData("""{ "data": "d", "listen": { "port": 1 } }""", "listen must be one value")]
    [InlineData("""{ "data": "d", "sourceFolders": { "a": "b" } }""", "sourceFolders must be a list of strings")]
    [InlineData("""{ "data": "d", "listen": null }""", "listen has no value")]
    [InlineData("""{ "data": "d", "shutdownTimeout": "10" }""", "shutdownTimeout '10' has no unit")]
    [InlineData("""{ "data": "d", "otlpEndpoint": "here" }""", "otlpEndpoint 'here' is not a URL")]
    [InlineData("""{ "data": """, "is not valid JSON")]
    [InlineData("{}", "Missing required option '--data DIR'")]
    public void What_makes_no_sense_is_said_with_its_place(string json, string part) => Problem(json).ShouldContain(part);

    [Fact]
    public void A_file_that_is_not_there_is_said()
    {
        SettingReader.Read(_folder["none.json"], new Dictionary<string, string>(), new Dictionary<string, IReadOnlyList<string>>(), out var problem)
            .ShouldBeNull();
        problem.ShouldStartWith($"Cannot read the configuration '{_folder["none.json"]}': ");
    }

    [Fact]
    public void The_reference_says_what_the_program_does()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Recorder.sln")))
            folder = folder.Parent!;

        var reference = File.ReadAllText(Path.Combine(folder.FullName, "docs", "reference", "configuration.md"));
        foreach (var setting in NodeSettings.All)
        {
            reference.ShouldContain(
                $"| `{setting.Key}` | `{setting.Variable}` | `{setting.Flag} {setting.Value}` | {setting.Description} | {setting.Default} |");
        }
    }

    private string Problem(string json, params (string Name, string Value)[] environment)
    {
        SettingReader.Read(
            Written(json), environment.ToDictionary(it => it.Name, it => it.Value), new Dictionary<string, IReadOnlyList<string>>(), out var problem)
            .ShouldBeNull();
        return problem;
    }

    private string Written(string json)
    {
        var file = _folder["recorder.json"];
        File.WriteAllText(file, json);
        return file;
    }
}
