using Recorder.Actors.Storage;

namespace Recorder.Actors.Tests.Storage;

/// <summary>The explanation of failed writes, from the exceptions of .NET on Linux.</summary>
public sealed class WriteErrorsSpecs
{
    [Theory]
    [InlineData("No space left on device : '/data/000001.mp4'", 28, true)]
    [InlineData("Disk quota exceeded : '/data/000001.mp4'", 122, true)]
    [InlineData("Input/output error : '/data/000001.mp4'", 5, false)]
    [InlineData("Read-only file system : '/data/000001.mp4'", 30, false)]
    public void Only_a_full_volume_or_quota_counts_as_full(string message, int errno, bool isFull)
    {
        var failed = new IOException(message, errno);

        WriteErrors.IsFull(failed).ShouldBe(isFull);
        WriteErrors.Explain(failed, "/data").Message.Contains("is full", StringComparison.Ordinal).ShouldBe(isFull);
    }
}
