using Recorder.Actors.Secrets;
using Recorder.Cluster.Runtime;
using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests.Runtime;

/// <summary>The recorders that a node knows, and what it makes of them.</summary>
public sealed class RecorderRegistrySpecs : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly NodeStore _store;
    private readonly RecorderRegistry _registry;

    public RecorderRegistrySpecs()
    {
        Directory.CreateDirectory(_folder.File("data"));
        _store = NodeStore.Open(_folder.File("data"));
        _registry = new RecorderRegistry("n1", _store, new NoCipher());
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void What_is_made_of_a_registry_stays_until_it_changes()
    {
        var made = new MadeOfRegistry<IReadOnlyList<RecorderId>>(_registry, List);
        _registry.TryAdd(Define("r1"));

        made.Value.ShouldBe([new RecorderId("r1")]);
        made.Value.ShouldBeSameAs(made.Value);

        _registry.Delete(new RecorderId("r1"));
        made.Value.ShouldBeEmpty();
    }

    // Otherwise a node could overlook a recorder until the next change, and the recorder would have no holder.
    [Fact]
    public void A_recorder_that_is_added_while_something_is_made_of_the_registry_is_not_overlooked()
    {
        var isAdded = false;
        var made = new MadeOfRegistry<IReadOnlyList<RecorderId>>(_registry, registry =>
        {
            var read = List(registry);
            isAdded = isAdded || registry.TryAdd(Define("r1"));
            return read;
        });

        made.Value.ShouldBeEmpty();
        made.Value.ShouldBe([new RecorderId("r1")]);
    }

    private static IReadOnlyList<RecorderId> List(RecorderRegistry registry) => [.. registry.Definitions.Select(definition => definition.Id)];

    private static RecorderDefinition Define(string id) => new() { Id = new RecorderId(id), Source = "test:", Options = new RecorderOptions() };
}
