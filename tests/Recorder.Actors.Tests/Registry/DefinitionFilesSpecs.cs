using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Registry;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Registry;

public sealed class DefinitionFilesSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("definitions").FullName;

    private string Written => Path.Combine(_folder, "cam", "recorder.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_definition_that_its_file_has_is_not_written_again()
    {
        var definition = new RecorderDefinition { Id = new RecorderId("cam"), Source = "rtsp://user:password@camera/1", Options = new RecorderOptions() };
        Files(new Reversed()).Write(definition);
        var before = File.GetLastWriteTimeUtc(Written).AddHours(-1);
        File.SetLastWriteTimeUtc(Written, before);

        Files(new Reversed()).Write(definition with { Labels = new Dictionary<string, string>() });
        File.GetLastWriteTimeUtc(Written).ShouldBe(before);

        Files(new Reversed()).Write(definition with { Labels = new Dictionary<string, string> { ["site"] = "hall" } });
        File.GetLastWriteTimeUtc(Written).ShouldNotBe(before);
        Files(new Reversed()).ReadAll().ShouldHaveSingleItem().Labels["site"].ShouldBe("hall");
    }

    [Fact]
    public void A_password_that_was_written_before_there_was_a_key_is_encrypted()
    {
        var definition = new RecorderDefinition { Id = new RecorderId("cam"), Source = "rtsp://user:password@camera/1", Options = new RecorderOptions() };
        Files(NoCipher.Instance).Write(definition);

        Files(new Reversed()).Write(definition);

        File.ReadAllText(Written).ShouldNotContain("password");
    }

    [Fact]
    public async Task Many_definitions_that_are_written_at_once_are_all_there()
    {
        var files = Files(new Reversed());
        var definitions = Enumerable.Range(0, 40).Select(number => new RecorderDefinition
        {
            Id = new RecorderId($"cam{number:00}"),
            Source = $"rtsp://user:password@camera/{number}",
            Options = new RecorderOptions(),
            Desired = RecorderState.Recording,
        }).ToList();

        // Where the folder of another one cannot be made.
        File.WriteAllText(Path.Combine(_folder, "blocked"), "");
        var blocked = files.WriteAsync(definitions[0] with { Id = new RecorderId("blocked") });
        await Task.WhenAll(definitions.Select(files.WriteAsync));
        await Should.ThrowAsync<IOException>(blocked);

        Files(new Reversed()).ReadAll().Select(read => (read.Id, read.Source, read.Desired))
            .ShouldBe(definitions.Select(written => (written.Id, written.Source, written.Desired)));
    }

    private DefinitionFiles Files(ISecretCipher cipher) => new(_folder, cipher, LocalDisk.Instance, NullLogger.Instance);

    private sealed class Reversed : ISecretCipher
    {
        public string Encrypt(string text) => "!" + new string([.. text.Reverse()]);

        public string Decrypt(string text) => text.StartsWith('!') ? new string([.. text[1..].Reverse()]) : text;
    }
}
