using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Client.Tests;

/// <summary>One node for all specs of a class.</summary>
public sealed class SingleNode : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private int _recorders;

    public NodeProcess Node { get; private set; } = null!;

    public string Address => Node.Http.BaseAddress!.Authority;

    public RecorderHttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Node = await NodeProcess.StartAsync(_folder.File("data"));
        Client = new RecorderHttpClient(new RecorderClientOptions().Join(Address));
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Node.DisposeAsync();
        _folder.Dispose();
    }

    public static RecorderDefinition Definition(string id) => new()
    {
        Id = new RecorderId(id),
        Source = "test:?size=64x48&rate=10&audio=off",
        Options = new RecorderOptions { ExtentDuration = TimeSpan.FromMinutes(10) },
        Timeslice = TimeSpan.FromMilliseconds(200),
    };

    /// <summary>Defines a recorder of its own for a spec.</summary>
    public async Task<RecorderId> DefineAsync() =>
        (await Client.DefineAsync(Definition($"r{Interlocked.Increment(ref _recorders)}"))).Definition.Id;

    /// <summary>Waits until a recorder that records has announced some blobs.</summary>
    public async Task UntilBlobsAsync(RecorderId recorder, int blobs = 2)
    {
        using var limit = new CancellationTokenSource(RecorderProcess.Patience);
        while ((await Client.GetStatusAsync(recorder, limit.Token)).Blobs < blobs)
            await Task.Delay(20, limit.Token);
    }
}
