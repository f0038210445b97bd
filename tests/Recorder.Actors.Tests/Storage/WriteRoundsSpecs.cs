using System.Text;
using Recorder.Actors.Storage;

namespace Recorder.Actors.Tests.Storage;

public sealed class WriteRoundsSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rounds-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_comes_during_a_round_is_written_in_the_one_after_it()
    {
        List<int> sizes = [];
        var (began, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var rounds = new WriteRounds<int>(async items =>
        {
            sizes.Add(items.Count);
            began.TrySetResult();
            await release.Task;
            return new Exception?[items.Count];
        });
        var first = rounds.WriteAsync(0);
        await began.Task;

        var others = Enumerable.Range(1, 63).Select(rounds.WriteAsync).ToList();
        others.ShouldAllBe(other => !other.IsCompleted);
        release.SetResult();
        await Task.WhenAll([first, .. others]);

        sizes.ShouldBe([1, 63]);
        await rounds.WriteAsync(64);
        sizes.ShouldBe([1, 63, 1]);
    }

    [Fact]
    public async Task Only_who_asked_for_what_failed_is_told_and_all_are_when_the_round_failed()
    {
        var rounds = new WriteRounds<string>(items => Task.FromResult<IReadOnlyList<Exception?>>(
            items.Contains("bad round") ? throw new IOException("no disk") : [.. items.Select(item => item == "bad" ? new IOException("full") : null)]));

        (await Should.ThrowAsync<IOException>(rounds.WriteAsync("bad"))).Message.ShouldBe("full");
        await rounds.WriteAsync("good");
        (await Should.ThrowAsync<IOException>(rounds.WriteAsync("bad round"))).Message.ShouldBe("no disk");
        await rounds.WriteAsync("good");
    }

    [Fact]
    public void Many_files_are_replaced_and_each_that_is_not_says_why()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "there"));
        (string Path, ReadOnlyMemory<byte> Content)[] files =
        [
            .. Enumerable.Range(0, 30).Select(number => (
                Path.Combine(_folder, number % 3 == 2 ? "missing" : "there", $"{number}"), (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($"new {number}"))),
        ];
        File.WriteAllText(files[0].Path, "old");

        var failures = LocalDisk.Instance.ReplaceAll(files);

        failures.Select(failure => failure is DirectoryNotFoundException).ShouldBe(Enumerable.Range(0, 30).Select(number => number % 3 == 2));
        Directory.EnumerateFiles(Path.Combine(_folder, "there")).Select(path => (Path.GetFileName(path), File.ReadAllText(path))).Order()
            .ShouldBe(Enumerable.Range(0, 30).Where(number => number % 3 != 2).Select(number => ($"{number}", $"new {number}")).Order());
    }
}
